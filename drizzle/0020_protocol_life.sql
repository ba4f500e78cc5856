CREATE TABLE "protocol_version_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "protocol_version_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"version_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	CONSTRAINT "a_version_event_is_a_known_one" CHECK ("protocol_version_events"."kind" in ('reviewed', 'usedBefore', 'retired')),
	CONSTRAINT "a_version_is_reviewed_and_retired_by_a_lead" CHECK ("protocol_version_events"."by_role" = case "protocol_version_events"."kind" when 'usedBefore' then 'system' else 'lead' end),
	CONSTRAINT "a_version_is_retired_with_a_reason" CHECK ("protocol_version_events"."kind" <> 'retired' or length(btrim("protocol_version_events"."reason")) >= 10)
);
--> statement-breakpoint
ALTER TABLE "protocol_versions" ADD COLUMN "created_by_id" text;--> statement-breakpoint
ALTER TABLE "protocol_version_events" ADD CONSTRAINT "protocol_version_events_version_id_protocol_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_event_of_a_kind_per_version" ON "protocol_version_events" USING btree ("version_id","kind");--> statement-breakpoint
-- Versions that trials were registered with before reviews were required stay in use. Nobody is said to have reviewed them.
INSERT INTO "protocol_version_events" ("version_id", "kind", "reason", "at", "by_id", "by_name", "by_role")
SELECT DISTINCT "protocol_version_id", 'usedBefore', 'Trials were registered with it before versions were reviewed.', now(), 'system', 'Oneway', 'system'
FROM "trials" WHERE "registered_at" IS NOT NULL;
