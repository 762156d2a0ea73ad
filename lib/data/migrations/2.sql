ALTER TABLE study ADD COLUMN keep_until TEXT CHECK (keep_until IS date(keep_until, '+0 days'));
