-- Whoever has released by mistake has ten seconds at least to see it: lib/domain/hold.ts.
ALTER TABLE "commands" ADD CONSTRAINT "a_real_hold_is_long_enough" CHECK (simulated or purpose <> 'intervention' or hold_ends_at >= reserved_at + interval '10 seconds') NOT VALID;
