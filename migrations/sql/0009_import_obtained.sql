-- When the camp was given a list, as it says: with basis and source what one answers to "where did you get my number".
ALTER TABLE imports ADD COLUMN obtained_on date;
