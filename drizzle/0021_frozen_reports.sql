CREATE TABLE "frozen_reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"simulated" boolean NOT NULL,
	"manifest" jsonb NOT NULL,
	"manifest_sha256" text NOT NULL,
	"file" "bytea" NOT NULL,
	"file_sha256" text NOT NULL,
	"file_bytes" bigint NOT NULL,
	"frozen_at" timestamp with time zone NOT NULL,
	"frozen_by_id" text NOT NULL,
	"frozen_by_name" text NOT NULL,
	CONSTRAINT "frozen_reports_number_unique" UNIQUE("number"),
	CONSTRAINT "a_frozen_report_has_a_title" CHECK (length(btrim("frozen_reports"."title")) >= 1),
	CONSTRAINT "the_title_of_a_frozen_report_is_short" CHECK (length("frozen_reports"."title") <= 200),
	CONSTRAINT "a_frozen_report_has_its_hash" CHECK ("frozen_reports"."file_sha256" = encode(sha256("frozen_reports"."file"), 'hex') and "frozen_reports"."file_bytes" = octet_length("frozen_reports"."file")),
	CONSTRAINT "a_frozen_report_is_of_limited_size" CHECK (octet_length("frozen_reports"."file") between 1 and 33554432)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_frozen_report_of_a_file" ON "frozen_reports" USING btree ("file_sha256");--> statement-breakpoint
CREATE INDEX "frozen_reports_by_entries" ON "frozen_reports" USING gin (("manifest" -> 'files') jsonb_path_ops);