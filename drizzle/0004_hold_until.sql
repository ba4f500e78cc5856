ALTER TABLE "waivers" DROP CONSTRAINT "only_lab_policy_is_waived";--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "held_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "hold_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "a_reservation_has_an_end" CHECK (("devices"."held_at" is null) = ("devices"."hold_until" is null) and ("devices"."hold_reason" is not null or "devices"."hold_until" is null));--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "a_reservation_ends_after_it_was_made" CHECK ("devices"."hold_until" > "devices"."held_at");--> statement-breakpoint
ALTER TABLE "waivers" ADD CONSTRAINT "only_lab_policy_is_waived" CHECK ("waivers"."rule_id" in ('Q5', 'Q12', 'Q13', 'Q20'));