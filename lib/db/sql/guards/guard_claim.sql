-- Numbers the versions of a claim, and refuses versions of an OS that are none.
create or replace function guard_claim() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from claims where id = new.claim_id for update;
  select coalesce(max(version), 0) + 1 into new.version from claim_versions where claim_id = new.claim_id;
  if version_rank(new.from_version) is null or new.from_version ~ '\(' then
    raise exception 'the version % is not one', new.from_version using errcode = 'integrity_constraint_violation';
  end if;
  if new.to_version is not null
     and (new.to_version ~ '\(' or coalesce(version_rank(new.to_version) < version_rank(new.from_version), true)) then
    raise exception 'the version % does not follow %', new.to_version, new.from_version using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger numbers_the_versions before insert on claim_versions for each row execute function guard_claim();
