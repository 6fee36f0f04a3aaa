-- The pages that show where every unit went. A month's movements newest first; and grouped by send, whose ids are in order of
-- time, so that a page of sends reads its own entries and stops.
CREATE INDEX quota_entries_by_month ON quota_entries (tenant_id, month, id);
CREATE INDEX quota_entries_by_month_and_send ON quota_entries (tenant_id, month, send_id);
