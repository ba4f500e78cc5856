CREATE TABLE "custom_fields" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"unit" text NOT NULL,
	"options" text[] NOT NULL,
	"required" boolean NOT NULL,
	"help" text NOT NULL,
	"in_starting_state" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by_id" text NOT NULL,
	"created_by_name" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by_name" text NOT NULL,
	"retired_at" timestamp with time zone,
	"retired_by_name" text,
	"retirement_reason" text,
	CONSTRAINT "a_custom_field_has_a_type" CHECK ("custom_fields"."type" in ('text', 'number', 'date', 'yesNo', 'choice')),
	CONSTRAINT "a_custom_field_has_a_name" CHECK (length(btrim("custom_fields"."name")) >= 1),
	CONSTRAINT "a_custom_field_name_is_short" CHECK (length("custom_fields"."name") <= 60),
	CONSTRAINT "a_number_has_the_unit" CHECK ("custom_fields"."type" = 'number' or "custom_fields"."unit" = ''),
	CONSTRAINT "a_choice_has_options" CHECK (("custom_fields"."type" = 'choice') = (cardinality("custom_fields"."options") >= 2)),
	CONSTRAINT "a_retired_field_says_why" CHECK (("custom_fields"."retired_at" is null) = ("custom_fields"."retired_by_name" is null) and ("custom_fields"."retired_at" is null or length(btrim(coalesce("custom_fields"."retirement_reason", ''))) >= 3))
);
--> statement-breakpoint
CREATE TABLE "device_field_values" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "device_field_values_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"field_id" uuid NOT NULL,
	"value" text,
	"corrects_id" bigint,
	"source" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "a_value_comes_from_somewhere" CHECK ("device_field_values"."source" in ('typed', 'imported'))
);
--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "starting_facts" jsonb;--> statement-breakpoint
ALTER TABLE "device_field_values" ADD CONSTRAINT "device_field_values_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_field_values" ADD CONSTRAINT "device_field_values_field_id_custom_fields_id_fk" FOREIGN KEY ("field_id") REFERENCES "public"."custom_fields"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_custom_field_per_name" ON "custom_fields" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "one_first_value_per_device_and_field" ON "device_field_values" USING btree ("device_id","field_id") WHERE "device_field_values"."corrects_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_correction_per_value" ON "device_field_values" USING btree ("corrects_id");--> statement-breakpoint
CREATE INDEX "device_field_values_by_device" ON "device_field_values" USING btree ("device_id","field_id");--> statement-breakpoint
CREATE INDEX "device_field_values_by_field" ON "device_field_values" USING btree ("field_id","value");