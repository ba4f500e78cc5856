-- A version of a protocol names claims as they are written; it is frozen with them.
create or replace function guard_protocol_claims() returns trigger language plpgsql as $$
declare named jsonb;
begin
  for named in select jsonb_array_elements(coalesce(new.plan -> 'claims', '[]')) loop
    if not exists (select from claims c join claim_versions v on v.claim_id = c.id
        where c.number = (named ->> 'claim')::int and v.version = (named ->> 'version')::int) then
      raise exception 'there is no version % of the claim C-%', named ->> 'version', named ->> 'claim' using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
  return new;
end $$;

create or replace trigger names_claims_that_exist before insert on protocol_versions for each row execute function guard_protocol_claims();
