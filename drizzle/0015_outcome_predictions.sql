ALTER TABLE "outcome_counts" ADD COLUMN "prediction" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD COLUMN "prediction" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD COLUMN "registrant" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_registrant" ON "trial_outcomes" USING btree ("simulated","registrant","number" DESC NULLS LAST);--> statement-breakpoint
ALTER TABLE "outcome_counts" DROP CONSTRAINT "outcome_counts_pk";
--> statement-breakpoint
ALTER TABLE "outcome_counts" ADD CONSTRAINT "outcome_counts_pk" PRIMARY KEY("simulated","factor","value","primary_outcome","outcome","overruled","against","review","prediction");