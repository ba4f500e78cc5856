CREATE TABLE "declaration_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "declaration_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"command_uuid" uuid,
	"kind" text NOT NULL,
	"identifier" text,
	"at" timestamp with time zone NOT NULL,
	"claims" jsonb,
	"problem" text,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_declaration_event_is_of_a_known_kind" CHECK ("declaration_events"."kind" in ('tokens', 'items', 'configuration', 'activation', 'asset', 'management', 'status', 'other', 'unread')),
	CONSTRAINT "what_is_asked_for_has_a_name" CHECK (("declaration_events"."identifier" is not null) = ("declaration_events"."kind" in ('configuration', 'activation', 'asset', 'management'))),
	CONSTRAINT "only_a_status_report_claims" CHECK ("declaration_events"."claims" is null or "declaration_events"."kind" = 'status'),
	CONSTRAINT "what_was_not_read_says_why" CHECK ("declaration_events"."problem" is not null or case "declaration_events"."kind" when 'status' then "declaration_events"."claims" is not null else "declaration_events"."kind" <> 'unread' end)
);
--> statement-breakpoint
ALTER TABLE "declaration_events" ADD CONSTRAINT "declaration_events_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_events" ADD CONSTRAINT "declaration_events_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_events" ADD CONSTRAINT "declaration_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_events" ADD CONSTRAINT "declaration_events_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_declaration_event_per_raw_event" ON "declaration_events" USING btree ("raw_event_id");--> statement-breakpoint
CREATE INDEX "declaration_events_by_device" ON "declaration_events" USING btree ("device_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "declaration_events_by_trial" ON "declaration_events" USING btree ("trial_id","at","id");--> statement-breakpoint
CREATE INDEX "declaration_events_by_command" ON "declaration_events" USING btree ("command_uuid","at","id");