CREATE TABLE "outcome_months" (
	"simulated" boolean NOT NULL,
	"factor" text NOT NULL,
	"value" text NOT NULL,
	"primary_outcome" text NOT NULL,
	"outcome" text NOT NULL,
	"overruled" boolean NOT NULL,
	"against" boolean NOT NULL,
	"review" text NOT NULL,
	"prediction" text DEFAULT 'none' NOT NULL,
	"month" text NOT NULL,
	"trials" integer NOT NULL,
	CONSTRAINT "outcome_months_pk" PRIMARY KEY("simulated","factor","month","value","primary_outcome","outcome","overruled","against","review","prediction"),
	CONSTRAINT "a_count_of_a_month_is_of_trials" CHECK ("outcome_months"."trials" > 0)
);
--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD COLUMN "released_day" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_day" ON "trial_outcomes" USING btree ("simulated","released_day");