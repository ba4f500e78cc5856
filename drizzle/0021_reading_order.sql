-- Which reading of a field is the current one is decided by lib/db/sql/functions/fold_readings.sql, and
-- current_readings is kept from it by lib/db/sql/guards/keep_current_readings.sql.
ALTER TABLE readings ADD COLUMN age_unknown boolean NOT NULL DEFAULT false;
--> statement-breakpoint
-- Whoever looks or answers knows when; only a file may have no time for what it says.
ALTER TABLE readings ADD CONSTRAINT only_files_have_no_time CHECK (NOT age_unknown OR source = 'imported');
--> statement-breakpoint
ALTER TABLE current_readings ADD COLUMN age_unknown boolean NOT NULL DEFAULT false;
--> statement-breakpoint
DROP TRIGGER keeps_current ON readings;
--> statement-breakpoint
DROP FUNCTION keep_current_reading();
--> statement-breakpoint
DROP INDEX readings_by_field;
--> statement-breakpoint
CREATE INDEX readings_by_field ON readings (device_id, field, age_unknown, answered_at DESC, id DESC);
