CREATE TABLE "mail_choices" (
	"person_id" text PRIMARY KEY NOT NULL,
	"topics" text[] NOT NULL,
	"with_simulated" boolean NOT NULL,
	CONSTRAINT "a_choice_has_known_topics" CHECK ("mail_choices"."topics" <@ array['trial.concluded', 'trial.review_due', 'trial.query_raised', 'trial.query_answered', 'trial.deadline_passed', 'trial.observation_gap', 'trial.lost', 'command.unconfirmed', 'device.updated_outside_a_trial', 'device.alarm_raised', 'error.first_reported', 'server.stopped', 'sending.stopped']::text[])
);
--> statement-breakpoint
ALTER TABLE "notice_deliveries" ALTER COLUMN "target_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD COLUMN "person_id" text;--> statement-breakpoint
ALTER TABLE "mail_choices" ADD CONSTRAINT "mail_choices_person_id_users_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_person_id_users_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_mail_of_a_notice_to_a_person" ON "notice_deliveries" USING btree ("notice_id","person_id");--> statement-breakpoint
CREATE INDEX "mail_deliveries_due" ON "notice_deliveries" USING btree ("due_at") WHERE "notice_deliveries"."state" = 'waiting' and "notice_deliveries"."person_id" is not null;--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "a_delivery_has_one_receiver" CHECK (("notice_deliveries"."target_id" is null) <> ("notice_deliveries"."person_id" is null));