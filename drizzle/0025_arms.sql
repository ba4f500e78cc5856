CREATE TABLE "arm_assignments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "arm_assignments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"protocol_version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"method" text NOT NULL,
	"reason" text,
	"list_id" bigint,
	"stratum" text,
	"block" integer,
	"position" integer,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_arm_is_assigned_in_a_known_way" CHECK ("arm_assignments"."method" in ('random', 'choice')),
	CONSTRAINT "a_random_arm_has_its_place" CHECK (case "arm_assignments"."method" when 'random'
        then "arm_assignments"."reason" is null and num_nulls("arm_assignments"."list_id", "arm_assignments"."stratum", "arm_assignments"."block", "arm_assignments"."position") = 0 and "arm_assignments"."block" > 0 and "arm_assignments"."position" > 0
        else length(btrim(coalesce("arm_assignments"."reason", ''))) >= 10 and num_nonnulls("arm_assignments"."list_id", "arm_assignments"."stratum", "arm_assignments"."block", "arm_assignments"."position") = 0 end)
);
--> statement-breakpoint
CREATE TABLE "arm_lists" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "arm_lists_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"protocol_version_id" uuid NOT NULL,
	"simulated" boolean NOT NULL,
	"method" text NOT NULL,
	"seed" text NOT NULL,
	"seed_sha256" text NOT NULL,
	"drawn_at" timestamp with time zone NOT NULL,
	CONSTRAINT "a_seed_is_256_bits" CHECK ("arm_lists"."seed" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "a_seed_has_its_hash" CHECK ("arm_lists"."seed_sha256" = encode(sha256("arm_lists"."seed"::bytea), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD COLUMN "arm" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "trial_outcomes" ADD COLUMN "assigned" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "arm_assignments" ADD CONSTRAINT "arm_assignments_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arm_assignments" ADD CONSTRAINT "arm_assignments_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arm_assignments" ADD CONSTRAINT "arm_assignments_list_id_arm_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."arm_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arm_lists" ADD CONSTRAINT "arm_lists_protocol_version_id_protocol_versions_id_fk" FOREIGN KEY ("protocol_version_id") REFERENCES "public"."protocol_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_arm_per_trial" ON "arm_assignments" USING btree ("trial_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_trial_per_position" ON "arm_assignments" USING btree ("list_id","stratum","position");--> statement-breakpoint
CREATE INDEX "arm_assignments_by_version" ON "arm_assignments" USING btree ("protocol_version_id","simulated");--> statement-breakpoint
CREATE UNIQUE INDEX "one_seed_per_version_and_environment" ON "arm_lists" USING btree ("protocol_version_id","simulated");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_arm" ON "trial_outcomes" USING btree ("simulated","arm");--> statement-breakpoint
CREATE INDEX "trial_outcomes_by_assigned" ON "trial_outcomes" USING btree ("simulated","assigned");