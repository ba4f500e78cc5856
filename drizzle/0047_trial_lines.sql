CREATE TABLE "trial_line_marks" (
	"trial_number" integer NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "trial_line_marks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "trial_line_marks_trial_number_id_pk" PRIMARY KEY("trial_number","id")
);
--> statement-breakpoint
CREATE TABLE "trial_lines" (
	"trial_number" integer PRIMARY KEY NOT NULL,
	"line" text NOT NULL
);
