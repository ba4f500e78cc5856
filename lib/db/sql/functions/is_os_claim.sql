-- Whether a reading is what a status report of declarative management says: a claim, on which no outcome rests. An answer to
-- a query names its command, and what a person entered its person.
create or replace function is_os_claim(by_name text, by_id text, command_uuid uuid, source text) returns boolean
  immutable parallel safe language sql
return by_name is not distinct from {{status_report_name}} and by_id is null and command_uuid is null
  and source in ('mdm', 'simulated');
