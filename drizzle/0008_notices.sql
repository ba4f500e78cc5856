CREATE TABLE "notice_deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notice_deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"notice_id" uuid NOT NULL,
	"target_id" uuid NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"claimed_until" timestamp with time zone,
	"last_at" timestamp with time zone,
	"last_status" integer,
	"last_reason" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "a_delivery_has_a_known_state" CHECK ("notice_deliveries"."state" in ('waiting', 'delivered', 'givenUp', 'discarded')),
	CONSTRAINT "a_delivery_has_ended_or_waits" CHECK (("notice_deliveries"."state" = 'waiting') = ("notice_deliveries"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "notice_targets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"topics" text[] NOT NULL,
	"with_simulated" boolean DEFAULT false NOT NULL,
	"is_on" boolean DEFAULT false NOT NULL,
	"off_reason" text,
	"secret" text NOT NULL,
	"old_secret" text,
	"old_secret_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_target_has_a_name" CHECK (length(btrim("notice_targets"."name")) >= 1),
	CONSTRAINT "a_target_has_known_topics" CHECK ("notice_targets"."topics" <@ array['trial.concluded', 'trial.review_due', 'trial.query_raised', 'trial.query_answered', 'trial.deadline_passed', 'trial.observation_gap', 'trial.lost', 'command.unconfirmed', 'device.updated_outside_a_trial', 'device.alarm_raised', 'error.first_reported', 'server.stopped', 'sending.stopped']::text[]),
	CONSTRAINT "a_target_that_is_on_was_not_switched_off" CHECK (not "notice_targets"."is_on" or "notice_targets"."off_reason" is null),
	CONSTRAINT "a_secret_is_sealed" CHECK ("notice_targets"."secret" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
	CONSTRAINT "an_old_secret_is_sealed" CHECK ("notice_targets"."old_secret" ~ '^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
	CONSTRAINT "an_old_secret_has_an_end" CHECK (("notice_targets"."old_secret" is null) = ("notice_targets"."old_secret_until" is null))
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"topic" text NOT NULL,
	"simulated" boolean NOT NULL,
	"about" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_notice_has_a_known_topic" CHECK ("notices"."topic" in ('trial.concluded', 'trial.review_due', 'trial.query_raised', 'trial.query_answered', 'trial.deadline_passed', 'trial.observation_gap', 'trial.lost', 'command.unconfirmed', 'device.updated_outside_a_trial', 'device.alarm_raised', 'error.first_reported', 'server.stopped', 'sending.stopped', 'oneway.test'))
);
--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_target_id_notice_targets_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."notice_targets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_delivery_of_a_notice_to_a_target" ON "notice_deliveries" USING btree ("notice_id","target_id");--> statement-breakpoint
CREATE INDEX "notice_deliveries_due" ON "notice_deliveries" USING btree ("target_id","due_at") WHERE "notice_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "notice_deliveries_by_state" ON "notice_deliveries" USING btree ("state","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notice_deliveries_ended" ON "notice_deliveries" USING btree ("ended_at") WHERE "notice_deliveries"."ended_at" is not null;