CREATE TABLE "declaration_removals" (
	"command_uuid" uuid PRIMARY KEY NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"cause" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"reason" text NOT NULL,
	"signature_id" bigint,
	"detached_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"seen_gone_at" timestamp with time zone,
	"seen_gone_how" text,
	CONSTRAINT "a_removal_has_a_known_cause" CHECK ("declaration_removals"."cause" in ('person', 'trialEnded')),
	CONSTRAINT "a_removal_has_a_reason" CHECK (length(btrim("declaration_removals"."reason")) >= 10),
	CONSTRAINT "a_person_signs_a_removal" CHECK (("declaration_removals"."cause" = 'person') = ("declaration_removals"."signature_id" is not null)),
	CONSTRAINT "a_removal_is_seen_after_it_was_made" CHECK (("declaration_removals"."seen_gone_at" is null) = ("declaration_removals"."seen_gone_how" is null) and ("declaration_removals"."seen_gone_at" is null or "declaration_removals"."seen_gone_at" > "declaration_removals"."detached_at") and ("declaration_removals"."finished_at" is null or "declaration_removals"."detached_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "declaration_steps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "declaration_steps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"command_uuid" uuid NOT NULL,
	"release_id" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	"step" text NOT NULL,
	"outcome" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"http_status" integer,
	"body" text,
	"reason" text NOT NULL,
	CONSTRAINT "a_step_is_a_known_one" CHECK ("declaration_steps"."step" in ('putConfiguration', 'putActivation', 'addConfiguration', 'addActivation', 'attachSet', 'detachSet', 'removeActivation', 'removeConfiguration', 'deleteActivation', 'deleteConfiguration', 'checkBefore', 'readBack')),
	CONSTRAINT "a_step_has_its_place" CHECK ("declaration_steps"."ordinal" = coalesce(array_position(array['putConfiguration', 'putActivation', 'addConfiguration', 'addActivation', 'attachSet']::text[], "declaration_steps"."step"), array_position(array['detachSet', 'removeActivation', 'removeConfiguration', 'deleteActivation', 'deleteConfiguration']::text[], "declaration_steps"."step"), 0)),
	CONSTRAINT "only_attaching_is_announced" CHECK ("declaration_steps"."outcome" <> 'leaving' or "declaration_steps"."step" = 'attachSet'),
	CONSTRAINT "only_a_reading_tells_what_is_attached" CHECK (("declaration_steps"."outcome" in ('attached', 'notAttached', 'unknown')) = "declaration_steps"."step" in ('checkBefore', 'readBack')),
	CONSTRAINT "an_outcome_is_a_known_one" CHECK ("declaration_steps"."outcome" in ('leaving', 'done', 'alreadySo', 'refused', 'unsure', 'attached', 'notAttached', 'unknown')),
	CONSTRAINT "an_answer_is_bounded" CHECK (length("declaration_steps"."body") <= 4096)
);
--> statement-breakpoint
ALTER TABLE "commands" DROP CONSTRAINT "only_an_intervention_changes_a_device";--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "declarations_url" text;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "declarations_key_sha256" text;--> statement-breakpoint
ALTER TABLE "declaration_removals" ADD CONSTRAINT "declaration_removals_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_removals" ADD CONSTRAINT "declaration_removals_signature_id_signatures_id_fk" FOREIGN KEY ("signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_steps" ADD CONSTRAINT "declaration_steps_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "declaration_steps" ADD CONSTRAINT "declaration_steps_release_id_signatures_id_fk" FOREIGN KEY ("release_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "declaration_removals_to_finish" ON "declaration_removals" USING btree ("requested_at") WHERE "declaration_removals"."finished_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_attach_is_announced_per_release" ON "declaration_steps" USING btree ("command_uuid","release_id") WHERE "declaration_steps"."step" = 'attachSet' and "declaration_steps"."outcome" = 'leaving';--> statement-breakpoint
CREATE UNIQUE INDEX "one_attach_per_command" ON "declaration_steps" USING btree ("command_uuid") WHERE "declaration_steps"."step" = 'attachSet' and "declaration_steps"."outcome" in ('done', 'alreadySo', 'unsure');--> statement-breakpoint
CREATE INDEX "declaration_steps_by_command" ON "declaration_steps" USING btree ("command_uuid","id");--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "a_declaration_goes_to_its_server" CHECK (("commands"."request_type" = 'SoftwareUpdateEnforcement') = ("commands"."declarations_url" is not null and "commands"."declarations_key_sha256" is not null));--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "only_an_intervention_changes_a_device" CHECK (("commands"."purpose" = 'intervention') = ("commands"."request_type" in ('ScheduleOSUpdate', 'SoftwareUpdateEnforcement')));