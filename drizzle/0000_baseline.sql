CREATE TABLE "device_alarms" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "device_alarms_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"raw_event_id" bigint,
	"command_uuid" text,
	"raised_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"cleared_at" timestamp with time zone,
	"cleared_by_id" text,
	"cleared_by_name" text,
	"cleared_reason" text,
	"stop_id" bigint,
	"identity" jsonb,
	"accepted" boolean,
	CONSTRAINT "an_alarm_is_cleared_by_somebody_with_a_reason" CHECK (("device_alarms"."cleared_at" is null) = ("device_alarms"."cleared_by_id" is null)
  and ("device_alarms"."cleared_at" is null) = ("device_alarms"."cleared_by_name" is null)
  and ("device_alarms"."cleared_at" is not null) = (length(btrim(coalesce("device_alarms"."cleared_reason", ''))) >= 3)),
	CONSTRAINT "an_identity_alarm_names_both_sides" CHECK (("device_alarms"."kind" = 'identity') = ("device_alarms"."identity" is not null))
);
--> statement-breakpoint
CREATE TABLE "device_identifiers" (
	"device_id" uuid NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"plain" text NOT NULL,
	"raw_event_id" bigint,
	"reported_at" timestamp with time zone NOT NULL,
	CONSTRAINT "device_identifiers_device_id_identifier_pk" PRIMARY KEY("device_id","identifier"),
	CONSTRAINT "an_identifier_is_a_known_one" CHECK ("device_identifiers"."identifier" in ('serial', 'udid', 'model', 'imei', 'meid'))
);
--> statement-breakpoint
CREATE TABLE "sending_stops" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sending_stops_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"witness_id" text NOT NULL,
	"reason" text NOT NULL,
	"found" jsonb NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by_id" text,
	"ended_by_name" text,
	"ended_reason" text,
	CONSTRAINT "a_stop_is_ended_by_somebody_with_a_reason" CHECK (("sending_stops"."ended_at" is null) = ("sending_stops"."ended_by_id" is null)
  and ("sending_stops"."ended_at" is null) = ("sending_stops"."ended_by_name" is null)
  and ("sending_stops"."ended_at" is not null) = (length(btrim(coalesce("sending_stops"."ended_reason", ''))) >= 3))
);
--> statement-breakpoint
CREATE TABLE "error_notes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_notes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"domain" text NOT NULL,
	"code" bigint NOT NULL,
	"text" text NOT NULL,
	"radar" text,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	CONSTRAINT "a_note_says_something" CHECK (length(trim("error_notes"."text")) between 3 and 2000),
	CONSTRAINT "a_radar_is_a_number_or_a_feedback" CHECK ("error_notes"."radar" ~ '^(FB)?[0-9]{6,12}$')
);
--> statement-breakpoint
CREATE TABLE "error_sightings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_sightings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"domain" text NOT NULL,
	"code" bigint NOT NULL,
	"text" text,
	"place" text NOT NULL,
	"command_uuid" uuid NOT NULL,
	"raw_event_id" bigint,
	"trial_id" uuid,
	"device_id" uuid NOT NULL,
	"request_type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_error_stands_in_a_reply_or_in_its_results" CHECK ("error_sightings"."place" in ('reply', 'result'))
);
--> statement-breakpoint
CREATE TABLE "device_import_rows" (
	"import_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"file_row" integer NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "device_import_rows_import_id_device_id_pk" PRIMARY KEY("import_id","device_id"),
	CONSTRAINT "a_row_of_a_file_is_of_a_kind" CHECK ("device_import_rows"."kind" in ('new', 'changed', 'same'))
);
--> statement-breakpoint
CREATE TABLE "device_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
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
CREATE TABLE "import_mappings" (
	"header_key" text PRIMARY KEY NOT NULL,
	"mapping" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"sha256" text NOT NULL,
	"hint" text NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by_id" text,
	"revoked_by_name" text,
	CONSTRAINT "api_keys_sha256_unique" UNIQUE("sha256"),
	CONSTRAINT "a_key_has_a_name" CHECK (length("api_keys"."name") between 1 and 60),
	CONSTRAINT "a_key_is_kept_as_its_hash" CHECK ("api_keys"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "a_hint_gives_no_key_away" CHECK (length("api_keys"."hint") <= 12),
	CONSTRAINT "a_key_only_reads" CHECK (cardinality("api_keys"."scopes") > 0 and "api_keys"."scopes" <@ array['read', 'export']::text[]),
	CONSTRAINT "a_key_ends_within_a_year" CHECK ("api_keys"."expires_at" > "api_keys"."made_at" and "api_keys"."expires_at" <= "api_keys"."made_at" + interval '365 days'),
	CONSTRAINT "a_revocation_has_a_person" CHECK (("api_keys"."revoked_at" is null) = ("api_keys"."revoked_by_id" is null) and ("api_keys"."revoked_at" is null) = ("api_keys"."revoked_by_name" is null))
);
--> statement-breakpoint
CREATE TABLE "familiar_addresses" (
	"user_id" text NOT NULL,
	"address" text NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "familiar_addresses_user_id_address_pk" PRIMARY KEY("user_id","address")
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" bigint NOT NULL,
	"transports" jsonb NOT NULL,
	"backed_up" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "passkeys_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "person_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"token_sha256" text NOT NULL,
	"email" text NOT NULL,
	"role" text,
	"person_id" text,
	"removes_second_factors" boolean DEFAULT false NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"made_by_id" text NOT NULL,
	"made_by_name" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_by_name" text,
	CONSTRAINT "person_links_token_sha256_unique" UNIQUE("token_sha256"),
	CONSTRAINT "a_link_is_of_a_kind" CHECK ("person_links"."kind" in ('invitation', 'reset')),
	CONSTRAINT "a_token_is_kept_as_its_hash" CHECK ("person_links"."token_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "an_invitation_has_a_role" CHECK (("person_links"."kind" = 'invitation') = ("person_links"."role" is not null)),
	CONSTRAINT "a_reset_is_for_somebody" CHECK ("person_links"."kind" = 'invitation' or "person_links"."person_id" is not null),
	CONSTRAINT "a_link_ends_once" CHECK ("person_links"."used_at" is null or "person_links"."withdrawn_at" is null)
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"window_ends_at" timestamp with time zone NOT NULL,
	"strikes" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tried_codes" (
	"user_id" text NOT NULL,
	"code_sha256" text NOT NULL,
	"tried_at" timestamp with time zone NOT NULL,
	CONSTRAINT "tried_codes_user_id_code_sha256_pk" PRIMARY KEY("user_id","code_sha256")
);
--> statement-breakpoint
CREATE TABLE "two_factors" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"verified" boolean DEFAULT false NOT NULL,
	"failed_verification_count" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone,
	CONSTRAINT "two_factors_user_id_unique" UNIQUE("user_id")
);
--> statement-breakpoint
CREATE TABLE "redeliveries" (
	"command_uuid" uuid PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"times" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"marked_at" timestamp with time zone,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "what_is_counted_has_happened" CHECK ("redeliveries"."times" > 0 and "redeliveries"."first_at" <= "redeliveries"."last_at")
);
--> statement-breakpoint
CREATE TABLE "repeated_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "repeated_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"mdm_server_id" uuid NOT NULL,
	"receipt" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"body" "bytea" NOT NULL,
	"sha256" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "review_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "review_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"field" text,
	"query_id" bigint,
	"text" text DEFAULT '' NOT NULL,
	"signature_id" bigint,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_review_event_is_of_a_kind" CHECK ("review_events"."kind" in ('queried', 'answered', 'queryClosed', 'approved', 'locked', 'unlocked')),
	CONSTRAINT "a_query_names_its_field" CHECK (("review_events"."kind" = 'queried') = ("review_events"."field" is not null)),
	CONSTRAINT "a_field_has_a_path" CHECK ("review_events"."field" ~ '^[a-zA-Z]{1,40}(\.[a-zA-Z0-9]{1,40})?$'),
	CONSTRAINT "an_answer_belongs_to_a_query" CHECK (("review_events"."kind" in ('answered', 'queryClosed')) = ("review_events"."query_id" is not null)),
	CONSTRAINT "a_query_and_its_answers_have_words" CHECK ("review_events"."kind" not in ('queried', 'answered') or length(btrim("review_events"."text")) >= 3),
	CONSTRAINT "an_unlocking_has_a_reason" CHECK ("review_events"."kind" <> 'unlocked' or length(btrim("review_events"."text")) >= 10),
	CONSTRAINT "a_review_is_signed" CHECK (("review_events"."kind" in ('approved', 'locked', 'unlocked')) = ("review_events"."signature_id" is not null)),
	CONSTRAINT "leads_approve_lock_and_unlock" CHECK ("review_events"."kind" not in ('approved', 'locked', 'unlocked') or "review_events"."by_role" = 'lead')
);
--> statement-breakpoint
CREATE TABLE "trial_reviews" (
	"trial_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"queries" integer NOT NULL,
	"open_queries" integer NOT NULL,
	"approved_by" text,
	"approved_at" timestamp with time zone,
	"locked_by" text,
	"locked_at" timestamp with time zone,
	CONSTRAINT "a_review_has_a_state" CHECK ("trial_reviews"."state" in ('inReview', 'approved', 'locked')),
	CONSTRAINT "a_lock_follows_an_approval" CHECK (("trial_reviews"."state" = 'inReview') = ("trial_reviews"."approved_at" is null) and ("trial_reviews"."state" = 'locked') = ("trial_reviews"."locked_at" is not null)),
	CONSTRAINT "no_approval_over_an_open_query" CHECK ("trial_reviews"."state" = 'inReview' or "trial_reviews"."open_queries" = 0)
);
--> statement-breakpoint
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
	"reason" text,
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
	"next_requests" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"signature_id" bigint,
	"counter_signature_id" bigint,
	"needs_two_people" boolean DEFAULT false NOT NULL,
	"server_url" text,
	"server_kind" text,
	"server_key_sha256" text,
	CONSTRAINT "only_an_intervention_changes_a_device" CHECK (("commands"."purpose" = 'intervention') = ("commands"."request_type" = 'ScheduleOSUpdate')),
	CONSTRAINT "a_real_hold_is_long_enough" CHECK ("commands"."simulated" or "commands"."purpose" <> 'intervention' or "commands"."hold_ends_at" >= "commands"."reserved_at" + interval '10 seconds'),
	CONSTRAINT "two_people_release_where_it_is_required" CHECK (not "commands"."needs_two_people" or "commands"."counter_signature_id" is not null),
	CONSTRAINT "an_intervention_fills_a_slot" CHECK ("commands"."purpose" <> 'intervention' or ("commands"."trial_id" is not null and "commands"."slot_ordinal" is not null))
);
--> statement-breakpoint
CREATE TABLE "contradictions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contradictions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"request_type" text NOT NULL,
	"platform" text NOT NULL,
	"os_version" text NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"observed" text NOT NULL,
	"expected" text NOT NULL,
	"reason" text NOT NULL,
	"fingerprint" text NOT NULL,
	"out_of" text NOT NULL,
	"cites" jsonb NOT NULL,
	"reported" jsonb NOT NULL,
	"documentation" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "current_readings" (
	"device_id" uuid NOT NULL,
	"field" text NOT NULL,
	"reading_id" bigint NOT NULL,
	"value" jsonb,
	"unknown_reason" text,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone,
	"answered_at" timestamp with time zone NOT NULL,
	"by_name" text,
	"version_key" integer[] GENERATED ALWAYS AS (case when field = 'osVersion' then version_sort_key(value #>> '{}') end) STORED,
	"age_unknown" boolean DEFAULT false NOT NULL,
	CONSTRAINT "current_readings_device_id_field_pk" PRIMARY KEY("device_id","field")
);
--> statement-breakpoint
CREATE TABLE "device_verdicts" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"overall" text NOT NULL,
	"reason" text NOT NULL,
	"failing" integer NOT NULL,
	"unknown" integer NOT NULL,
	"warnings" integer NOT NULL,
	"rule_set_version" text NOT NULL,
	"judged_at" timestamp with time zone NOT NULL,
	"stale_at" timestamp with time zone,
	"judge_again" boolean DEFAULT false NOT NULL
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
	"hold_reason" text,
	"held_by" text,
	"retired_at" timestamp with time zone,
	"retired_by" text,
	"last_seen_at" timestamp with time zone,
	"simulated" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retirement_reason" text,
	"updated_by" text
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
	"last_contact_at" timestamp with time zone,
	"stop_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"storage" text DEFAULT 'unknown' NOT NULL,
	"webhook_token_sha256" text,
	"api_key_sha256" text DEFAULT '' NOT NULL,
	"address" text NOT NULL,
	CONSTRAINT "mdm_servers_slug_unique" UNIQUE("slug"),
	CONSTRAINT "a_server_is_of_a_known_kind" CHECK ("mdm_servers"."kind" in ('nanomdm', 'micromdm')),
	CONSTRAINT "a_storage_is_a_known_one" CHECK ("mdm_servers"."storage" in ('pgsql', 'mysql', 'filekv', 'inmem', 'file', 'unknown')),
	CONSTRAINT "a_webhook_has_a_secret" CHECK (("mdm_servers"."kind" = 'nanomdm' and "mdm_servers"."hmac_key" <> '' and "mdm_servers"."webhook_token_sha256" is null)
  or ("mdm_servers"."kind" = 'micromdm' and "mdm_servers"."webhook_token_sha256" ~ '^[0-9a-f]{64}$')),
	CONSTRAINT "an_api_key_is_sealed" CHECK ("mdm_servers"."api_key" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
	CONSTRAINT "an_hmac_key_is_sealed" CHECK ("mdm_servers"."hmac_key" = '' or "mdm_servers"."hmac_key" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
	CONSTRAINT "a_key_is_known_by_its_hash" CHECK ("mdm_servers"."api_key_sha256" ~ '^([0-9a-f]{64})?$')
);
--> statement-breakpoint
CREATE TABLE "observation_gaps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "observation_gaps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"mdm_server_id" uuid NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"reason" text NOT NULL,
	"marked_at" timestamp with time zone,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_gap_ends_after_it_began" CHECK ("observation_gaps"."ended_at" is null or "observation_gaps"."ended_at" >= "observation_gaps"."began_at"),
	CONSTRAINT "an_open_gap_is_not_marked" CHECK ("observation_gaps"."marked_at" is null or "observation_gaps"."ended_at" is not null)
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
	CONSTRAINT "a_correction_has_a_reason" CHECK ("observations"."corrects_id" is null or length(btrim(coalesce("observations"."reason", ''))) >= 10)
);
--> statement-breakpoint
CREATE TABLE "outcome_decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outcome_decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"proposed" text,
	"reasons" jsonb NOT NULL,
	"function_version" text NOT NULL,
	"decided" text NOT NULL,
	"reason" text,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outside_updates" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outside_updates_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"from_os" text,
	"from_build" text,
	"to_os" text,
	"to_build" text,
	"seen_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"by_name" text,
	"reading_id" bigint NOT NULL,
	"raw_event_id" bigint,
	"simulated" boolean DEFAULT false NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text,
	CONSTRAINT "a_loss_names_what_changed" CHECK (("outside_updates"."from_os" is not null or "outside_updates"."from_build" is not null) and ("outside_updates"."to_os" is not null or "outside_updates"."to_build" is not null)),
	CONSTRAINT "an_import_is_no_sighting" CHECK ("outside_updates"."source" <> 'imported'),
	CONSTRAINT "a_loss_is_seen_by_somebody" CHECK (("outside_updates"."acknowledged_at" is null) = ("outside_updates"."acknowledged_by" is null))
);
--> statement-breakpoint
CREATE TABLE "proofs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"by_id" text NOT NULL,
	"method" text NOT NULL,
	"act" text NOT NULL,
	"subject_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "a_proof_is_by_password_or_passkey" CHECK ("proofs"."method" in ('password', 'passkey'))
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
CREATE TABLE "raw_event_rereads" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "raw_event_rereads_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_event_id" bigint NOT NULL,
	"was_state" text NOT NULL,
	"was_reason" text,
	"was_read_at" timestamp with time zone,
	"at" timestamp with time zone NOT NULL,
	"by_name" text NOT NULL
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
	"reason" text,
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
	"simulated" boolean DEFAULT false NOT NULL,
	"reread_at" timestamp with time zone,
	"reread_by" text,
	"receipt" uuid,
	"enrollment_key" text,
	"waits_for_device" boolean DEFAULT false NOT NULL,
	"kind" text,
	"counted_as_answer" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "readings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "readings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"field" text NOT NULL,
	"value" jsonb,
	"unknown_reason" text,
	"unit" text DEFAULT '' NOT NULL,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone,
	"answered_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"by_id" text,
	"by_name" text,
	"command_uuid" uuid,
	"simulated" boolean DEFAULT false NOT NULL,
	"age_unknown" boolean DEFAULT false NOT NULL,
	CONSTRAINT "only_files_have_no_time" CHECK (not "readings"."age_unknown" or "readings"."source" = 'imported')
);
--> statement-breakpoint
CREATE TABLE "release_requests" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"by_name" text NOT NULL,
	"held_command" uuid
);
--> statement-breakpoint
CREATE TABLE "reply_checks" (
	"raw_event_id" bigint PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"trial_id" uuid,
	"request_type" text NOT NULL,
	"platform" text NOT NULL,
	"os_version" text,
	"not_compared" text,
	"documentation" text,
	"judged" text[] DEFAULT '{}'::text[] NOT NULL,
	"left_out" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"found" text[] DEFAULT '{}'::text[] NOT NULL,
	CONSTRAINT "a_reply_is_compared_for_a_version_or_says_why_not" CHECK (("reply_checks"."os_version" is null) = ("reply_checks"."not_compared" is not null) and ("reply_checks"."os_version" is null) = ("reply_checks"."documentation" is null))
);
--> statement-breakpoint
CREATE TABLE "server_checks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "server_checks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"mdm_server_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"findings" jsonb NOT NULL,
	"after_event_id" bigint NOT NULL,
	"contact_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "server_silences" (
	"mdm_server_id" uuid PRIMARY KEY NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"tries" integer NOT NULL,
	"next_try_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "a_silence_was_met" CHECK ("server_silences"."tries" > 0)
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
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "signature_checks" (
	"signature_id" bigint PRIMARY KEY NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"differences" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signatures" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "signatures_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"act" text NOT NULL,
	"meaning" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"method" text NOT NULL,
	"proof_id" uuid NOT NULL,
	"slot_ordinal" integer,
	"verdict_id" bigint,
	"verdict_hash" text,
	"command_uuid" uuid,
	"reason" text DEFAULT '' NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"record" text NOT NULL,
	"record_sha256" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_act_has_its_meaning" CHECK (("signatures"."act", "signatures"."meaning") in (('release', 'release'), ('counterSign', 'release'), ('waive', 'responsibility'), ('overrule', 'responsibility'), ('withdrawCommand', 'responsibility'), ('voidTrial', 'responsibility'), ('author', 'authorship'), ('review', 'review'), ('approve', 'approval'), ('lock', 'lock'), ('unlock', 'responsibility'))),
	CONSTRAINT "responsibility_is_taken_with_a_reason" CHECK ("signatures"."act" not in ('waive', 'overrule', 'withdrawCommand', 'unlock') or length(btrim("signatures"."reason")) >= 10),
	CONSTRAINT "a_signature_is_by_somebody" CHECK ("signatures"."by_role" <> 'system' and btrim("signatures"."by_name") <> ''),
	CONSTRAINT "a_release_is_signed_for_a_slot_and_a_verdict" CHECK ("signatures"."act" not in ('release', 'counterSign') or ("signatures"."slot_ordinal" is not null and "signatures"."verdict_id" is not null and "signatures"."verdict_hash" is not null))
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
	"end_supplemental_build" text,
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
	"disabled_at" timestamp with time zone,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
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
CREATE TABLE "waivers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "waivers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"rule_id" text NOT NULL,
	"reason" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"signature_id" bigint NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "only_lab_policy_is_waived" CHECK ("waivers"."rule_id" in ('Q5', 'Q12', 'Q13')),
	CONSTRAINT "a_waiver_has_a_reason" CHECK (length(btrim("waivers"."reason")) >= 10)
);
--> statement-breakpoint
CREATE TABLE "web_heartbeats" (
	"process_id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"heartbeat_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sealed_bodies" (
	"raw_event_id" bigint PRIMARY KEY NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "a_body_is_sealed" CHECK ("sealed_bodies"."sealed" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$')
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "there_is_one_head" CHECK ("audit_head"."only")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"login" text NOT NULL,
	"kind" text NOT NULL,
	"table_name" text,
	"row_id" text,
	"device_id" uuid,
	"trial_id" uuid,
	"old" jsonb,
	"new" jsonb,
	"reason" text,
	"previous" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_queue" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_queue_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"table_name" text,
	"row_id" text,
	"device_id" uuid,
	"trial_id" uuid,
	"data" jsonb,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "audit_set_up" (
	"table_name" text PRIMARY KEY NOT NULL,
	"columns" text[] NOT NULL,
	"fingerprint" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "device_alarms" ADD CONSTRAINT "device_alarms_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_alarms" ADD CONSTRAINT "device_alarms_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_alarms" ADD CONSTRAINT "device_alarms_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_alarms" ADD CONSTRAINT "device_alarms_stop_id_sending_stops_id_fk" FOREIGN KEY ("stop_id") REFERENCES "public"."sending_stops"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_identifiers" ADD CONSTRAINT "device_identifiers_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_identifiers" ADD CONSTRAINT "device_identifiers_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "error_sightings" ADD CONSTRAINT "error_sightings_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "error_sightings" ADD CONSTRAINT "error_sightings_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_import_rows" ADD CONSTRAINT "device_import_rows_import_id_device_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."device_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_import_rows" ADD CONSTRAINT "device_import_rows_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "familiar_addresses" ADD CONSTRAINT "familiar_addresses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_links" ADD CONSTRAINT "person_links_person_id_users_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tried_codes" ADD CONSTRAINT "tried_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factors" ADD CONSTRAINT "two_factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redeliveries" ADD CONSTRAINT "redeliveries_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redeliveries" ADD CONSTRAINT "redeliveries_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redeliveries" ADD CONSTRAINT "redeliveries_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repeated_events" ADD CONSTRAINT "repeated_events_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repeated_events" ADD CONSTRAINT "repeated_events_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_events" ADD CONSTRAINT "review_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_events" ADD CONSTRAINT "review_events_query_id_review_events_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."review_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_events" ADD CONSTRAINT "review_events_signature_id_signatures_id_fk" FOREIGN KEY ("signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_reviews" ADD CONSTRAINT "trial_reviews_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command_events" ADD CONSTRAINT "command_events_command_uuid_commands_command_uuid_fk" FOREIGN KEY ("command_uuid") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_signature_id_signatures_id_fk" FOREIGN KEY ("signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_counter_signature_id_signatures_id_fk" FOREIGN KEY ("counter_signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_raw_event_id_reply_checks_raw_event_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."reply_checks"("raw_event_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradictions" ADD CONSTRAINT "contradictions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "current_readings" ADD CONSTRAINT "current_readings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_verdicts" ADD CONSTRAINT "device_verdicts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observation_gaps" ADD CONSTRAINT "observation_gaps_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observations" ADD CONSTRAINT "observations_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_decisions" ADD CONSTRAINT "outcome_decisions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outside_updates" ADD CONSTRAINT "outside_updates_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outside_updates" ADD CONSTRAINT "outside_updates_reading_id_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outside_updates" ADD CONSTRAINT "outside_updates_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "protocol_versions" ADD CONSTRAINT "protocol_versions_protocol_id_protocols_id_fk" FOREIGN KEY ("protocol_id") REFERENCES "public"."protocols"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_event_rereads" ADD CONSTRAINT "raw_event_rereads_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "raw_events" ADD CONSTRAINT "raw_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readings" ADD CONSTRAINT "readings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_held_command_commands_command_uuid_fk" FOREIGN KEY ("held_command") REFERENCES "public"."commands"("command_uuid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_checks" ADD CONSTRAINT "reply_checks_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_checks" ADD CONSTRAINT "server_checks_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_silences" ADD CONSTRAINT "server_silences_mdm_server_id_mdm_servers_id_fk" FOREIGN KEY ("mdm_server_id") REFERENCES "public"."mdm_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature_checks" ADD CONSTRAINT "signature_checks_signature_id_signatures_id_fk" FOREIGN KEY ("signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "signatures_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "signatures_proof_id_proofs_id_fk" FOREIGN KEY ("proof_id") REFERENCES "public"."proofs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "signatures_verdict_id_verdicts_id_fk" FOREIGN KEY ("verdict_id") REFERENCES "public"."verdicts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_events" ADD CONSTRAINT "trial_events_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waivers" ADD CONSTRAINT "waivers_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waivers" ADD CONSTRAINT "waivers_signature_id_signatures_id_fk" FOREIGN KEY ("signature_id") REFERENCES "public"."signatures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sealed_bodies" ADD CONSTRAINT "sealed_bodies_raw_event_id_raw_events_id_fk" FOREIGN KEY ("raw_event_id") REFERENCES "public"."raw_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "device_alarms_open" ON "device_alarms" USING btree ("device_id") WHERE "device_alarms"."cleared_at" is null;--> statement-breakpoint
CREATE INDEX "device_alarms_by_stop" ON "device_alarms" USING btree ("stop_id") WHERE "device_alarms"."stop_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_alarm_per_foreign_command" ON "device_alarms" USING btree ("device_id","kind","command_uuid") WHERE "device_alarms"."command_uuid" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_alarm_per_contradiction" ON "device_alarms" USING btree ("device_id",("identity" ->> 'identifier'),("identity" ->> 'reported')) WHERE "device_alarms"."cleared_at" is null and "device_alarms"."kind" = 'identity';--> statement-breakpoint
CREATE UNIQUE INDEX "one_identity_alarm_per_event" ON "device_alarms" USING btree ("device_id",("identity" ->> 'identifier'),"raw_event_id") WHERE "device_alarms"."kind" = 'identity';--> statement-breakpoint
CREATE INDEX "device_identifiers_by_value" ON "device_identifiers" USING btree ("identifier","plain");--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_stop_per_witness" ON "sending_stops" USING btree ("witness_id") WHERE "sending_stops"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "error_notes_by_error" ON "error_notes" USING btree ("domain","code","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_sighting_per_error_of_a_command" ON "error_sightings" USING btree ("command_uuid","domain","code");--> statement-breakpoint
CREATE INDEX "error_sightings_by_error" ON "error_sightings" USING btree ("simulated","domain","code","id");--> statement-breakpoint
CREATE INDEX "error_sightings_by_trial" ON "error_sightings" USING btree ("trial_id","id") WHERE "error_sightings"."trial_id" is not null;--> statement-breakpoint
CREATE INDEX "device_import_rows_by_device" ON "device_import_rows" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "api_keys_by_person" ON "api_keys" USING btree ("user_id","made_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "passkeys_by_user" ON "passkeys" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_link" ON "person_links" USING btree ("kind","email") WHERE "person_links"."used_at" is null and "person_links"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "person_links_by_time" ON "person_links" USING btree ("made_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "person_links_by_person" ON "person_links" USING btree ("person_id") WHERE "person_links"."person_id" is not null;--> statement-breakpoint
CREATE INDEX "rate_limits_by_end" ON "rate_limits" USING btree ("window_ends_at");--> statement-breakpoint
CREATE INDEX "redeliveries_to_mark" ON "redeliveries" USING btree ("first_at") WHERE "redeliveries"."marked_at" is null and "redeliveries"."times" > 1;--> statement-breakpoint
CREATE INDEX "redeliveries_by_trial" ON "redeliveries" USING btree ("trial_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_repeat_per_receipt" ON "repeated_events" USING btree ("receipt");--> statement-breakpoint
CREATE INDEX "repeated_events_by_event" ON "repeated_events" USING btree ("raw_event_id","id");--> statement-breakpoint
CREATE INDEX "review_events_by_trial" ON "review_events" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "review_events_by_query" ON "review_events" USING btree ("query_id","id") WHERE "review_events"."query_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_review_event_per_signature" ON "review_events" USING btree ("signature_id");--> statement-breakpoint
CREATE UNIQUE INDEX "a_query_is_closed_once" ON "review_events" USING btree ("query_id") WHERE "review_events"."kind" = 'queryClosed';--> statement-breakpoint
CREATE INDEX "trial_reviews_by_state" ON "trial_reviews" USING btree ("state","trial_id");--> statement-breakpoint
CREATE INDEX "accounts_by_user" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_person_per_account" ON "accounts" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE INDEX "command_events_by_command" ON "command_events" USING btree ("command_uuid","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_slot" ON "commands" USING btree ("trial_id","slot_ordinal") WHERE "commands"."purpose" = 'intervention';--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_command_per_device" ON "commands" USING btree ("device_id") WHERE "commands"."state" in ('reserved', 'sending') or ("commands"."state" in ('queued', 'unconfirmed') and "commands"."answered_at" is null and "commands"."withdrawn_at" is null);--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_release" ON "commands" USING btree ("signature_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_counter_signature" ON "commands" USING btree ("counter_signature_id");--> statement-breakpoint
CREATE INDEX "commands_by_device" ON "commands" USING btree ("device_id","reserved_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "commands_by_trial" ON "commands" USING btree ("trial_id","reserved_at");--> statement-breakpoint
CREATE INDEX "commands_to_deliver" ON "commands" USING btree ("hold_ends_at") WHERE "commands"."state" = 'reserved';--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_fingerprint_of_a_reply" ON "contradictions" USING btree ("raw_event_id","fingerprint");--> statement-breakpoint
CREATE INDEX "contradictions_by_fingerprint" ON "contradictions" USING btree ("simulated","fingerprint","id");--> statement-breakpoint
CREATE INDEX "contradictions_by_trial" ON "contradictions" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "contradictions_by_device_and_print" ON "contradictions" USING btree ("device_id","fingerprint","os_version");--> statement-breakpoint
CREATE INDEX "contradictions_by_device" ON "contradictions" USING btree ("simulated","fingerprint","device_id","platform","os_version","out_of","id");--> statement-breakpoint
CREATE INDEX "current_readings_by_value" ON "current_readings" USING btree ("field",("value" #>> '{}'));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_lab_tag" ON "devices" USING btree (lower("lab_tag"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_enrollment_id" ON "devices" USING btree (lower("enrollment_id"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_device_per_serial" ON "devices" USING btree (lower("serial"));--> statement-breakpoint
CREATE INDEX "devices_by_environment" ON "devices" USING btree ("simulated","lab_tag","id");--> statement-breakpoint
CREATE INDEX "devices_by_tag" ON "devices" USING btree ("simulated",coalesce(lower("lab_tag"), ''),"id");--> statement-breakpoint
CREATE INDEX "devices_by_name" ON "devices" USING btree ("simulated",lower("name"),"id");--> statement-breakpoint
CREATE INDEX "devices_by_seen" ON "devices" USING btree ("simulated",coalesce("last_seen_at", '-infinity'),"id");--> statement-breakpoint
CREATE INDEX "devices_by_model" ON "devices" USING btree ("simulated","model_identifier");--> statement-breakpoint
CREATE UNIQUE INDEX "one_server_per_address" ON "mdm_servers" USING btree ("address");--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_gap_per_server" ON "observation_gaps" USING btree ("mdm_server_id") WHERE "observation_gaps"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "observation_gaps_by_server" ON "observation_gaps" USING btree ("mdm_server_id","began_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "observation_gaps_unmarked" ON "observation_gaps" USING btree ("id") WHERE "observation_gaps"."marked_at" is null;--> statement-breakpoint
CREATE INDEX "observations_by_trial" ON "observations" USING btree ("trial_id","observed_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_correction_per_observation" ON "observations" USING btree ("corrects_id");--> statement-breakpoint
CREATE INDEX "outcome_decisions_by_trial" ON "outcome_decisions" USING btree ("trial_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_loss_per_reading" ON "outside_updates" USING btree ("reading_id");--> statement-breakpoint
CREATE INDEX "outside_updates_by_device" ON "outside_updates" USING btree ("device_id","seen_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "outside_updates_unseen" ON "outside_updates" USING btree ("simulated","id") WHERE "outside_updates"."acknowledged_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_protocol_version" ON "protocol_versions" USING btree ("protocol_id","version");--> statement-breakpoint
CREATE INDEX "raw_event_rereads_by_event" ON "raw_event_rereads" USING btree ("raw_event_id","id");--> statement-breakpoint
CREATE INDEX "raw_events_unread" ON "raw_events" USING btree ("id") WHERE "raw_events"."read_state" = 'unread';--> statement-breakpoint
CREATE INDEX "raw_events_unread_by_device" ON "raw_events" USING btree ("mdm_server_id","enrollment_key","id") WHERE "raw_events"."read_state" = 'unread';--> statement-breakpoint
CREATE INDEX "raw_events_waiting" ON "raw_events" USING btree ("mdm_server_id","enrollment_key") WHERE "raw_events"."waits_for_device" and "raw_events"."read_state" = 'unmatched';--> statement-breakpoint
CREATE INDEX "raw_events_by_state" ON "raw_events" USING btree ("read_state","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "raw_events_by_answer" ON "raw_events" USING btree ("enrollment_id","command_uuid","status","payload_sha256");--> statement-breakpoint
CREATE INDEX "raw_events_by_trial" ON "raw_events" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "raw_events_by_device" ON "raw_events" USING btree ("device_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_receipt" ON "raw_events" USING btree ("receipt");--> statement-breakpoint
CREATE INDEX "readings_by_field" ON "readings" USING btree ("device_id","field","age_unknown","answered_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "reply_checks_by_version" ON "reply_checks" USING btree ("simulated","request_type","os_version");--> statement-breakpoint
CREATE INDEX "reply_checks_by_trial" ON "reply_checks" USING btree ("trial_id","raw_event_id");--> statement-breakpoint
CREATE INDEX "server_checks_by_server" ON "server_checks" USING btree ("mdm_server_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "server_checks_open" ON "server_checks" USING btree ("id") WHERE "server_checks"."settled_at" is null;--> statement-breakpoint
CREATE INDEX "sessions_by_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_signature_per_proof" ON "signatures" USING btree ("proof_id");--> statement-breakpoint
CREATE INDEX "signatures_by_trial" ON "signatures" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "trial_events_by_trial" ON "trial_events" USING btree ("trial_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_event_per_gap_and_trial" ON "trial_events" USING btree ("trial_id",("data" ->> 'gapId')) WHERE "trial_events"."kind" = 'observationGap';--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_trial_per_device" ON "trials" USING btree ("device_id") WHERE "trials"."state" in ('registered', 'armed', 'released', 'observing');--> statement-breakpoint
CREATE UNIQUE INDEX "one_trial_per_starting_build" ON "trials" USING btree ("device_id","start_build") WHERE "trials"."consumed";--> statement-breakpoint
CREATE INDEX "trials_by_environment" ON "trials" USING btree ("simulated","number" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "trials_by_start" ON "trials" USING btree ("simulated","state","start_os");--> statement-breakpoint
CREATE INDEX "verdicts_by_device" ON "verdicts" USING btree ("device_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "verdicts_by_trial" ON "verdicts" USING btree ("trial_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "one_waiver_per_rule_of_a_trial" ON "waivers" USING btree ("trial_id","rule_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_waiver_per_signature" ON "waivers" USING btree ("signature_id");--> statement-breakpoint
CREATE INDEX "audit_log_by_row" ON "audit_log" USING btree ("table_name","row_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_person" ON "audit_log" USING btree ("by_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_kind" ON "audit_log" USING btree ("kind","seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_device" ON "audit_log" USING btree ("device_id","seq") WHERE "audit_log"."device_id" is not null;--> statement-breakpoint
CREATE INDEX "audit_log_by_trial" ON "audit_log" USING btree ("trial_id","seq") WHERE "audit_log"."trial_id" is not null;--> statement-breakpoint
-- The audit trail begins before its first entry; what it is a chain of, lib/db/audit/set-up-trail.ts enters.
INSERT INTO "audit_head" ("seq", "hash") VALUES (0, repeat('0', 64));
