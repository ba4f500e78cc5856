CREATE TABLE "attachment_previews" (
	"sha256" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"width" integer,
	"height" integer,
	"taken_text" text,
	"made_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attachment_withdrawals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "attachment_withdrawals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"attachment_id" bigint NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	CONSTRAINT "attachment_withdrawals_attachment_id_unique" UNIQUE("attachment_id"),
	CONSTRAINT "a_withdrawal_has_a_reason" CHECK (length(btrim("attachment_withdrawals"."reason")) >= 10)
);
--> statement-breakpoint
CREATE TABLE "attachments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "attachments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"trial_id" uuid NOT NULL,
	"observation_id" bigint,
	"file_name" text NOT NULL,
	"type" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"attached_at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"upload_id" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "attachments_upload_id_unique" UNIQUE("upload_id"),
	CONSTRAINT "an_attachment_is_a_photo_or_a_recording" CHECK ("attachments"."type" in ('image/jpeg', 'image/png', 'image/heic', 'image/heif', 'video/mp4', 'video/quicktime')),
	CONSTRAINT "an_attachment_has_a_size" CHECK ("attachments"."bytes" between 1 and 2147483648),
	CONSTRAINT "an_attachment_has_its_hash" CHECK ("attachments"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "an_attachment_has_a_name" CHECK (length("attachments"."file_name") between 1 and 255)
);
--> statement-breakpoint
ALTER TABLE "attachment_withdrawals" ADD CONSTRAINT "attachment_withdrawals_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment_withdrawals" ADD CONSTRAINT "attachment_withdrawals_attachment_id_attachments_id_fk" FOREIGN KEY ("attachment_id") REFERENCES "public"."attachments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_observation_id_observations_id_fk" FOREIGN KEY ("observation_id") REFERENCES "public"."observations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attachment_withdrawals_by_trial" ON "attachment_withdrawals" USING btree ("trial_id");--> statement-breakpoint
CREATE INDEX "attachments_by_trial" ON "attachments" USING btree ("trial_id","id");--> statement-breakpoint
CREATE INDEX "attachments_by_observation" ON "attachments" USING btree ("observation_id");--> statement-breakpoint
CREATE INDEX "attachments_by_hash" ON "attachments" USING btree ("sha256");