-- A verdict that a release or a claim stands on was judged by the rule set in force, with every known issue of the lab.
create or replace function guard_verdict() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare current int;
begin
  select max(revision) into current from known_issue_changes;
  if current is not null and new.rule_set_version not like '%+' || current then
    raise exception 'judged by the rule set %, while known issues are at revision %: judge again', new.rule_set_version, current
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_judged_by_the_current_rules before insert on verdicts for each row
  when (new.purpose in ('release', 'claim')) execute function guard_verdict();
