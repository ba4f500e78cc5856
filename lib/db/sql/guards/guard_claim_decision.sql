-- A lead decides what a concluded trial says about a claim that its protocol named, that is about its version and mechanism,
-- and that no reply decides. Support and contradiction need something that was observed.
create or replace function guard_claim_decision() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare result record; t trials%rowtype;
begin
  select * into t from trials where id = new.trial_id for share;
  select r.* into result from claim_results r where r.trial_id = new.trial_id and r.claim_version_id = new.claim_version_id;
  if not found then
    raise exception 'T-% is not concluded, or its protocol does not name this claim', t.number using errcode = 'integrity_constraint_violation';
  end if;
  if not result.in_range then
    raise exception 'the claim is not about the version that T-% started on', t.number using errcode = 'integrity_constraint_violation';
  end if;
  if not result.by_its_mechanism then
    raise exception 'the claim is not about the mechanism of T-%', t.number using errcode = 'integrity_constraint_violation';
  end if;
  if result.compared_by = 'reply' then
    raise exception 'the replies of T-% decide about this claim', t.number using errcode = 'integrity_constraint_violation';
  end if;
  if new.finding <> 'notObserved' and not exists (select from observations o where o.trial_id = new.trial_id
      and not exists (select from observations c where c.corrects_id = o.id)) then
    raise exception 'nothing was observed in T-%', t.number using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_of_a_claim_that_was_tested before insert on claim_decisions for each row execute function guard_claim_decision();
