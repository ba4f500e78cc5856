DROP INDEX "declaration_events_by_device";--> statement-breakpoint
DROP INDEX "known_issue_changes_by_issue";--> statement-breakpoint
DROP INDEX "notice_deliveries_by_state";--> statement-breakpoint
DROP INDEX "other_lab_reports_by_lab";--> statement-breakpoint
DROP INDEX "review_queue_by_number";--> statement-breakpoint
DROP INDEX "trial_outcomes_by_number";--> statement-breakpoint
DROP INDEX "trial_outcomes_by_registrant";--> statement-breakpoint
DROP INDEX "trial_outcomes_against";--> statement-breakpoint
DROP INDEX "radars_by_environment";--> statement-breakpoint
DROP INDEX "commands_by_device";--> statement-breakpoint
DROP INDEX "outside_updates_by_device";--> statement-breakpoint
DROP INDEX "raw_events_by_state";--> statement-breakpoint
DROP INDEX "raw_events_by_device";--> statement-breakpoint
DROP INDEX "trials_by_environment";--> statement-breakpoint
DROP INDEX "verdicts_by_device";--> statement-breakpoint
DROP INDEX "verdicts_by_trial";--> statement-breakpoint
DROP INDEX "share_openings_by_link";--> statement-breakpoint
CREATE INDEX "declaration_events_by_device" ON "declaration_events" USING btree ("device_id","at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "known_issue_changes_by_issue" ON "known_issue_changes" USING btree ("issue","revision" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "notice_deliveries_by_state" ON "notice_deliveries" USING btree ("state","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "other_lab_reports_by_lab" ON "other_lab_reports" USING btree ("lab_id","made_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "review_queue_by_number" ON "review_queue" USING btree ("simulated","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "trial_outcomes_by_number" ON "trial_outcomes" USING btree ("simulated","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_registrant" ON "trial_outcomes" USING btree ("simulated","registrant","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "trial_outcomes_against" ON "trial_outcomes" USING btree ("simulated","number" DESC NULLS FIRST) WHERE "trial_outcomes"."against";--> statement-breakpoint
CREATE INDEX "radars_by_environment" ON "radars" USING btree ("simulated","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "commands_by_device" ON "commands" USING btree ("device_id","reserved_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "outside_updates_by_device" ON "outside_updates" USING btree ("device_id","seen_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "raw_events_by_state" ON "raw_events" USING btree ("read_state","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "raw_events_by_device" ON "raw_events" USING btree ("device_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "trials_by_environment" ON "trials" USING btree ("simulated","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "verdicts_by_device" ON "verdicts" USING btree ("device_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "verdicts_by_trial" ON "verdicts" USING btree ("trial_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "share_openings_by_link" ON "share_openings" USING btree ("link_id","opened_at" DESC NULLS FIRST);