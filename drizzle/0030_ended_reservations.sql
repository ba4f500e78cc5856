CREATE TABLE "ended_reservations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ended_reservations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"reserved_by_name" text,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"ended_by_id" text,
	"ended_by_name" text,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "an_ended_reservation_says_why_it_was" CHECK (length(btrim("ended_reservations"."reason")) >= 1),
	CONSTRAINT "an_end_of_a_reservation_is_within_it" CHECK ("ended_reservations"."since" < "ended_reservations"."until" and "ended_reservations"."ended_at" >= "ended_reservations"."since" and "ended_reservations"."ended_at" <= "ended_reservations"."until"),
	CONSTRAINT "a_release_of_a_reservation_has_a_person" CHECK (("ended_reservations"."ended_at" < "ended_reservations"."until") = ("ended_reservations"."ended_by_id" is not null) and ("ended_reservations"."ended_by_id" is null) = ("ended_reservations"."ended_by_name" is null))
);
--> statement-breakpoint
ALTER TABLE "ended_reservations" ADD CONSTRAINT "ended_reservations_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_end_of_a_reservation" ON "ended_reservations" USING btree ("device_id","since");--> statement-breakpoint
CREATE INDEX "ended_reservations_by_time" ON "ended_reservations" USING btree ("simulated","until");