CREATE TABLE "queue_entries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"device_id" uuid NOT NULL,
	"protocol_version_id" uuid NOT NULL,
	"priority" text NOT NULL,
	"place" double precision NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"joined_by_id" text NOT NULL,
	"joined_by_name" text NOT NULL,
	"end_kind" text,
	"ended_at" timestamp with time zone,
	"ended_by_id" text,
	"ended_by_name" text,
	"end_reason" text,
	CONSTRAINT "a_place_is_of_a_priority" CHECK ("queue_entries"."priority" in ('verification', 'usual')),
	CONSTRAINT "a_wait_ends_in_one_way" CHECK ("queue_entries"."end_kind" in ('served', 'left')),
	CONSTRAINT "an_end_of_a_wait_has_a_person" CHECK (("queue_entries"."end_kind" is null) = ("queue_entries"."ended_at" is null) and ("queue_entries"."end_kind" is null) = ("queue_entries"."ended_by_id" is null) and ("queue_entries"."end_kind" is null) = ("queue_entries"."ended_by_name" is null)),
	CONSTRAINT "another_person_ends_a_wait_with_a_reason" CHECK ("queue_entries"."end_kind" is null or "queue_entries"."ended_by_id" = "queue_entries"."joined_by_id" or length(btrim(coalesce("queue_entries"."end_reason", ''))) >= 3)
);
--> statement-breakpoint
ALTER TABLE "queue_entries" ADD CONSTRAINT "queue_entries_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_entries" ADD CONSTRAINT "queue_entries_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_place_in_a_queue_per_person" ON "queue_entries" USING btree ("device_id","joined_by_id") WHERE "queue_entries"."end_kind" is null;--> statement-breakpoint
CREATE INDEX "queue_by_device" ON "queue_entries" USING btree ("simulated","device_id","place") WHERE "queue_entries"."end_kind" is null;