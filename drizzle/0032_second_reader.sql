CREATE TABLE "outcome_openings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outcome_openings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "second_readings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "second_readings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"decision_id" bigint NOT NULL,
	"outcome" text NOT NULL,
	"reason" text NOT NULL,
	"agrees" boolean DEFAULT false NOT NULL,
	"unblinded_by" text,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_reading_is_an_outcome" CHECK ("second_readings"."outcome" in ('installedAsExpected', 'installedAfterUserAction', 'installedDespiteError', 'startedAlthoughScheduled', 'wrongVersionInstalled', 'downloadedOnly', 'promptNotAccepted', 'promptNeverShown', 'acknowledgedNothingHappened', 'refused', 'notNowUntilDeadline', 'noReplyDocumented', 'noReplyUndocumented', 'deviceUnusable', 'censoredAtDeadline', 'lost', 'voidOperator', 'voidInfrastructure')),
	CONSTRAINT "a_reading_has_a_reason" CHECK (length(btrim("second_readings"."reason")) >= 10),
	CONSTRAINT "a_reader_is_unblinded_in_a_known_way" CHECK ("second_readings"."unblinded_by" is null or "second_readings"."unblinded_by" in ('contributed', 'opened')),
	CONSTRAINT "engineers_and_leads_read" CHECK ("second_readings"."by_role" = 'lead' or ("second_readings"."by_role" = 'engineer' and "second_readings"."unblinded_by" is null))
);
--> statement-breakpoint
ALTER TABLE "trials" DROP CONSTRAINT "a_concluded_trial_has_an_outcome";--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "outcome_awaits" text;--> statement-breakpoint
ALTER TABLE "outcome_openings" ADD CONSTRAINT "outcome_openings_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_readings" ADD CONSTRAINT "second_readings_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_readings" ADD CONSTRAINT "second_readings_decision_id_outcome_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."outcome_decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_opening_per_trial_and_person" ON "outcome_openings" USING btree ("trial_id","by_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_second_reading_per_trial" ON "second_readings" USING btree ("trial_id");--> statement-breakpoint
CREATE INDEX "second_readings_by_environment" ON "second_readings" USING btree ("simulated","trial_id");--> statement-breakpoint
CREATE INDEX "second_readings_by_decision" ON "second_readings" USING btree ("decision_id");--> statement-breakpoint
CREATE INDEX "trials_whose_outcome_waits" ON "trials" USING btree ("simulated","number") WHERE "trials"."outcome_awaits" is not null;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "an_outcome_waits_once_it_is_decided" CHECK ("trials"."outcome_awaits" is null or ("trials"."state" = 'concluded' and "trials"."outcome_awaits" in ('secondReading', 'adjudication')
        and num_nonnulls("trials"."proposed_outcome", "trials"."outcome_reason") = 0 and not "trials"."overruled"));--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "a_concluded_trial_has_an_outcome" CHECK ("trials"."state" <> 'concluded' or ("trials"."outcome" is null) = ("trials"."outcome_awaits" is not null));