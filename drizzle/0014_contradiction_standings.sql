CREATE TABLE "contradiction_standings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contradiction_standings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"contradiction_id" bigint NOT NULL,
	"trial_id" uuid NOT NULL,
	"stands" boolean NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_contradiction_that_stands_has_a_reason" CHECK ("contradiction_standings"."stands" = ("contradiction_standings"."reason" <> ''))
);
--> statement-breakpoint
ALTER TABLE "contradiction_standings" ADD CONSTRAINT "contradiction_standings_contradiction_id_contradictions_id_fk" FOREIGN KEY ("contradiction_id") REFERENCES "public"."contradictions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contradiction_standings" ADD CONSTRAINT "contradiction_standings_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contradiction_standings_by_contradiction" ON "contradiction_standings" USING btree ("contradiction_id","id");