CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "command_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"command_uuid" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_name" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"command_uuid" uuid PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"mdm_server_id" uuid NOT NULL,
	"enrollment_id" text NOT NULL,
	"trial_id" uuid,
	"slot_ordinal" integer,
	"purpose" text NOT NULL,
	"request_type" text NOT NULL,
	"plist" "bytea" NOT NULL,
	"plist_sha256" text NOT NULL,
	"state" text NOT NULL,
	"reserved_at" timestamp with time zone NOT NULL,
	"reserved_by_id" text NOT NULL,
	"reserved_by_name" text NOT NULL,
	"hold_ends_at" timestamp with time zone NOT NULL,
	"verdict_hash" text,
	"sending_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	"because" text,
	"http_status" integer,
	"api_body" text,
	"pushed_at" timestamp with time zone,
	"push_problem" text,
	"answered_at" timestamp with time zone,
	"answer_status" text,
	"answer_error_domain" text,
	"answer_error_code" integer,
	"answer_count" integer DEFAULT 0 NOT NULL,
	"not_now_count" integer DEFAULT 0 NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by" text,
	"withdrawn_reason" text,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "only_an_intervention_changes_a_device" CHECK (("commands"."purpose" = 'intervention') = ("commands"."request_type" = 'ScheduleOSUpdate')),
	CONSTRAINT "an_intervention_fills_a_slot" CHECK ("commands"."purpose" <> 'intervention' or ("commands"."trial_id" is not null and "commands"."slot_ordinal" is not null))
);
--> statement-breakpoint
CREATE TABLE "current_readings" (
	"device_id" uuid NOT NULL,
	"field" text NOT NULL,
	"reading_id" bigint NOT NULL,
	"value" jsonb,
	"unknown_because" text,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone,
	"answered_at" timestamp with time zone NOT NULL,
	"by_name" text,
	CONSTRAINT "current_readings_device_id_field_pk" PRIMARY KEY("device_id","field")
);
--> statement-breakpoint
CREATE TABLE "device_verdicts" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"overall" text NOT NULL,
	"because" text NOT NULL,
	"failing" integer NOT NULL,
	"unknown" integer NOT NULL,
	"warnings" integer NOT NULL,
	"rule_set_version" text NOT NULL,
	"judged_at" timestamp with time zone NOT NULL,
	"stale_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lab_tag" text,
	"name" text NOT NULL,
	"enrollment_id" text,
	"mdm_server_id" uuid,
	"serial" text,
	"platform" text NOT NULL,
	"model_identifier" text,
	"model_name" text,
	"location" text DEFAULT '' NOT NULL,
	"holder" text DEFAULT '' NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"held_because" text,
	"held_by" text,
	"retired_at" timestamp with time zone,
	"retired_by" text,
	"last_seen_at" timestamp with time zone,
	"simulated" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lab_settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mdm_servers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"api_key" text NOT NULL,
	"hmac_key" text NOT NULL,
	"simulated" boolean NOT NULL,
	"last_heard_at" timestamp with time zone,
	"stopped_because" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mdm_servers_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "observations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "observations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"corrects_id" bigint,
	"reason" text,
	"nonce" uuid NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "observations_nonce_unique" UNIQUE("nonce"),
	CONSTRAINT "a_correction_has_a_reason" CHECK ("observations"."corrects_id" is null or length(btrim(coalesce("observations"."reason", ''))) >= 3)
);
--> statement-breakpoint
CREATE TABLE "outcome_decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outcome_decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"proposed" text,
	"because" jsonb NOT NULL,
	"function_version" text NOT NULL,
	"decided" text NOT NULL,
	"reason" text,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "protocol_versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"protocol_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"plan" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "protocols" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "raw_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "raw_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"mdm_server_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"body" "bytea" NOT NULL,
	"sha256" text NOT NULL,
	"read_state" text DEFAULT 'unread' NOT NULL,
	"read_at" timestamp with time zone,
	"because" text,
	"topic" text,
	"created_at" timestamp with time zone,
	"enrollment_id" text,
	"command_uuid" text,
	"status" text,
	"payload" "bytea",
	"payload_sha256" text,
	"oddities" jsonb,
	"duplicate_of" bigint,
	"device_id" uuid,
	"trial_id" uuid,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "readings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "readings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"field" text NOT NULL,
	"value" jsonb,
	"unknown_because" text,
	"unit" text DEFAULT '' NOT NULL,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone,
	"answered_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"by_id" text,
	"by_name" text,
	"command_uuid" uuid,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "trial_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trial_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trials" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "trials_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"protocol_version_id" uuid NOT NULL,
	"state" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"drafted_at" timestamp with time zone NOT NULL,
	"drafted_by" text NOT NULL,
	"expectation" text DEFAULT '' NOT NULL,
	"registered_at" timestamp with time zone,
	"registered_by" text,
	"registration" text,
	"registration_hash" text,
	"armed_at" timestamp with time zone,
	"armed_by" text,
	"released_at" timestamp with time zone,
	"released_by" text,
	"hold_ends_at" timestamp with time zone,
	"starting_state" jsonb,
	"start_os" text,
	"start_build" text,
	"verdict_id" bigint,
	"consumed" boolean DEFAULT false NOT NULL,
	"sent_at" timestamp with time zone,
	"deadline_at" timestamp with time zone,
	"end_os" text,
	"end_build" text,
	"end_seen_at" timestamp with time zone,
	"outcome" text,
	"proposed_outcome" text,
	"outcome_reason" text,
	"concluded_at" timestamp with time zone,
	"concluded_by" text,
	"overruled" boolean DEFAULT false NOT NULL,
	"closed_reason" text,
	CONSTRAINT "trials_number_unique" UNIQUE("number"),
	CONSTRAINT "a_consumed_trial_names_its_start" CHECK (not "trials"."consumed" or "trials"."start_build" is not null),
	CONSTRAINT "a_registered_trial_is_sealed" CHECK ("trials"."state" in ('draft', 'withdrawn', 'lost') or "trials"."registration_hash" is not null),
	CONSTRAINT "a_concluded_trial_has_an_outcome" CHECK ("trials"."state" <> 'concluded' or "trials"."outcome" is not null)
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"role" text DEFAULT 'engineer' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verdicts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "verdicts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"purpose" text NOT NULL,
	"rule_set_version" text NOT NULL,
	"overall" text NOT NULL,
	"findings" jsonb NOT NULL,
	"hash" text NOT NULL,
	"judged_at" timestamp with time zone NOT NULL,
	"stale_at" timestamp with time zone,
	"by_id" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command_events" ADD CONSTRAINT "command_events_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "current_readings" ADD CONSTRAINT "current_readings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_verdicts" ADD CONSTRAINT "device_verdicts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observations" ADD CONSTRAINT "observations_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_decisions" ADD CONSTRAINT "outcome_decisions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "protocol_versions" ADD CONSTRAINT "protocol_versions_protocol_id_protocols_id_fk" FOREIGN KEY ("protocol_id") REFERENCES "public"."protocols"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readings" ADD CONSTRAINT "readings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_events" ADD CONSTRAINT "trial_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accounts_by_user" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "command_events_by_command" ON "command_events" USING btree ("command_uuid","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_slot" ON "commands" USING btree ("trial_id","slot_ordinal") WHERE "commands"."purpose" = 'intervention';--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_command_per_device" ON "commands" USING btree ("device_id") WHERE "commands"."state" in ('reserved', 'sending') or ("commands"."state" in ('queued', 'unconfirmed') and "commands"."answered_at" is null and "commands"."withdrawn_at" is null);--> statement-breakpoint
CREATE INDEX "commands_by_device" ON "commands" USING btree ("device_id","reserved_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "commands_by_trial" ON "commands" USING btree ("trial_id","reserved_at");--> statement-breakpoint
CREATE INDEX "commands_to_deliver" ON "commands" USING btree ("hold_ends_at") WHERE "commands"."state" = 'reserved';--> statement-breakpoint
CREATE INDEX "current_readings_by_value" ON "current_readings" USING btree ("field",("value" #>> '{}'));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_lab_tag" ON "devices" USING btree (lower("lab_tag"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_enrollment_id" ON "devices" USING btree (lower("enrollment_id"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_serial" ON "devices" USING btree (lower("serial"));--> statement-breakpoint
CREATE INDEX "devices_by_world" ON "devices" USING btree ("simulated","lab_tag","id");--> statement-breakpoint
CREATE INDEX "observations_by_trial" ON "observations" USING btree ("trial_id","observed_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_correction_per_observation" ON "observations" USING btree ("corrects_id");--> statement-breakpoint
CREATE INDEX "outcome_decisions_by_trial" ON "outcome_decisions" USING btree ("trial_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_protocol_version" ON "protocol_versions" USING btree ("protocol_id","version");--> statement-breakpoint
CREATE INDEX "raw_events_unread" ON "raw_events" USING btree ("id") WHERE "raw_events"."read_state" = 'unread';--> statement-breakpoint
CREATE INDEX "raw_events_by_state" ON "raw_events" USING btree ("read_state","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "raw_events_by_answer" ON "raw_events" USING btree ("enrollment_id","command_uuid","status","payload_sha256");--> statement-breakpoint
CREATE INDEX "raw_events_by_trial" ON "raw_events" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "raw_events_by_device" ON "raw_events" USING btree ("device_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "readings_by_field" ON "readings" USING btree ("device_id","field","answered_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sessions_by_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "trial_events_by_trial" ON "trial_events" USING btree ("trial_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_trial_per_device" ON "trials" USING btree ("device_id") WHERE "trials"."state" in ('registered', 'armed', 'released', 'observing');--> statement-breakpoint
CREATE UNIQUE INDEX "one_trial_per_starting_build" ON "trials" USING btree ("device_id","start_build") WHERE "trials"."consumed";--> statement-breakpoint
CREATE INDEX "trials_by_world" ON "trials" USING btree ("simulated","number" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "trials_by_start" ON "trials" USING btree ("simulated","state","start_os");--> statement-breakpoint
CREATE INDEX "verdicts_by_device" ON "verdicts" USING btree ("device_id","id" DESC NULLS LAST);