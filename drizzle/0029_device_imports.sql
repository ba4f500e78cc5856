-- Files of devices that were imported: what the person lands on afterwards, and where a reading of the
-- source "imported" comes from.
CREATE TABLE "device_imports" (
	"id" uuid PRIMARY KEY,
	"imported_at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"file_name" text NOT NULL,
	"file_sha256" text NOT NULL,
	"choices" jsonb NOT NULL,
	"mapping" jsonb NOT NULL,
	"added" integer NOT NULL,
	"changed" integer NOT NULL,
	"unchanged" integer NOT NULL,
	"left_out" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_import_rows" (
	"import_id" uuid NOT NULL REFERENCES "device_imports"("id"),
	"device_id" uuid NOT NULL REFERENCES "devices"("id"),
	"file_row" integer NOT NULL,
	"kind" text NOT NULL CHECK ("kind" IN ('new', 'changed', 'same')),
	PRIMARY KEY ("import_id", "device_id")
);
--> statement-breakpoint
CREATE INDEX "device_import_rows_by_device" ON "device_import_rows" ("device_id");--> statement-breakpoint
-- What a person said that headers mean, for the next file that has the same ones.
CREATE TABLE "import_mappings" (
	"header_key" text PRIMARY KEY,
	"mapping" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" text NOT NULL
);
--> statement-breakpoint
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON device_imports FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON device_imports FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON device_import_rows FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON device_import_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
