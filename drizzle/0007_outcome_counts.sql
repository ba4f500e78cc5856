CREATE TABLE "outcome_counts" (
	"simulated" boolean NOT NULL,
	"factor" text NOT NULL,
	"value" text NOT NULL,
	"primary_outcome" text NOT NULL,
	"outcome" text NOT NULL,
	"overruled" boolean NOT NULL,
	"against" boolean NOT NULL,
	"review" text NOT NULL,
	"trials" integer NOT NULL,
	CONSTRAINT "outcome_counts_pk" PRIMARY KEY("simulated","factor","value","primary_outcome","outcome","overruled","against","review"),
	CONSTRAINT "a_count_is_of_trials" CHECK ("outcome_counts"."trials" > 0)
);
--> statement-breakpoint
CREATE TABLE "review_queue" (
	"trial_id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"simulated" boolean NOT NULL,
	"open_queries" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trial_outcomes" (
	"trial_id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"device_id" uuid NOT NULL,
	"simulated" boolean NOT NULL,
	"primary_outcome" text NOT NULL,
	"outcome" text NOT NULL,
	"overruled" boolean NOT NULL,
	"against" boolean NOT NULL,
	"review" text NOT NULL,
	"version" text NOT NULL,
	"platform" text NOT NULL,
	"model" text NOT NULL,
	"passcode" text NOT NULL,
	"power" text NOT NULL,
	"battery" text NOT NULL,
	"network" text NOT NULL,
	"action" text NOT NULL,
	"protocol" text NOT NULL,
	"target" text NOT NULL,
	"hour" text NOT NULL,
	"treatment" text NOT NULL
);
--> statement-breakpoint
DROP INDEX "devices_by_model";--> statement-breakpoint
ALTER TABLE "review_queue" ADD CONSTRAINT "review_queue_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD CONSTRAINT "trial_outcomes_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD CONSTRAINT "trial_outcomes_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "review_queue_by_number" ON "review_queue" USING btree ("simulated","number" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "trial_outcomes_by_number" ON "trial_outcomes" USING btree ("simulated","number" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_device" ON "trial_outcomes" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "trial_outcomes_against" ON "trial_outcomes" USING btree ("simulated","number" DESC NULLS LAST) WHERE "trial_outcomes"."against";--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_version" ON "trial_outcomes" USING btree ("simulated","version");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_platform" ON "trial_outcomes" USING btree ("simulated","platform");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_model" ON "trial_outcomes" USING btree ("simulated","model");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_passcode" ON "trial_outcomes" USING btree ("simulated","passcode");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_power" ON "trial_outcomes" USING btree ("simulated","power");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_battery" ON "trial_outcomes" USING btree ("simulated","battery");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_network" ON "trial_outcomes" USING btree ("simulated","network");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_action" ON "trial_outcomes" USING btree ("simulated","action");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_protocol" ON "trial_outcomes" USING btree ("simulated","protocol");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_target" ON "trial_outcomes" USING btree ("simulated","target");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_hour" ON "trial_outcomes" USING btree ("simulated","hour");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_treatment" ON "trial_outcomes" USING btree ("simulated","treatment");--> statement-breakpoint
CREATE INDEX "trial_events_of_deviations" ON "trial_events" USING btree ("trial_id") WHERE "trial_events"."kind" = 'deviated';--> statement-breakpoint
CREATE INDEX "trials_by_release" ON "trials" USING btree ("simulated",coalesce("released_at", '-infinity'),"number");--> statement-breakpoint
CREATE INDEX "trials_by_version" ON "trials" USING btree ("simulated","start_os");--> statement-breakpoint
CREATE INDEX "trials_by_protocol" ON "trials" USING btree ("protocol_version_id","simulated");--> statement-breakpoint
CREATE INDEX "trials_by_device" ON "trials" USING btree ("device_id","number");--> statement-breakpoint
CREATE INDEX "devices_by_model" ON "devices" USING btree ("simulated","model_identifier","model_name");