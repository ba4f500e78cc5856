-- A version names its primary outcome, and has the commands without which no trial could reach it: `unreachable` of
-- lib/domain/trial/primary-outcome. Versions from before the choice are not written again.
create or replace function guard_primary_outcome() returns trigger language plpgsql as $$
declare
  chosen text := new.plan ->> 'primaryOutcome';
  actions text[] := {{primary_actions}};
  declarations boolean := {{primary_declarations}};
  commands int := {{primary_commands}};
begin
  if chosen is null or chosen not in {{primary_outcomes}} then
    raise exception 'a version of a protocol names its primary outcome' using errcode = 'integrity_constraint_violation';
  end if;
  if (select count(*) from jsonb_array_elements(new.plan -> 'slots') s
    where s ->> 'installAction' = any (actions) or declarations and s ->> 'mechanism' = 'declaration') < commands then
    raise exception 'no trial of these commands and declarations could reach the primary outcome %', chosen using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger names_its_primary_outcome before insert on protocol_versions for each row execute function guard_primary_outcome();
