-- May people get a campaign on two channels ("겹쳐 받을 수 있음")? Only then does silence start the next step.
ALTER TABLE campaigns ADD COLUMN may_overlap boolean NOT NULL DEFAULT false;
