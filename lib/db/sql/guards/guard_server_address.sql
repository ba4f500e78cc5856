-- An MDM server keeps its address, kind and key while anything is armed, reserved or on its way there, and so does the
-- program that keeps declarations for its devices, once there is one. Keys are compared by their hashes: sealing them
-- again with another secret key changes nothing. The virtual lab's own entry may move, as its port may at a start; a
-- command that was reserved for the old address is not sent to the new one.
create or replace function guard_server_address() returns trigger language plpgsql as $$
declare
  pending text;
  holder text;
begin
  new.address := server_address(new.url);
  new.declarations_address := server_address(new.declarations_url);
  if tg_op = 'INSERT' or (new.address, new.declarations_address) is distinct from (old.address, old.declarations_address) then
    -- One address is one program, in whichever of the two columns it stands; the unique indexes see one column each.
    perform pg_advisory_xact_lock(hashtextextended('mdm_servers.address', 0));
    select s.name into holder from mdm_servers s
      where s.id <> new.id and (s.declarations_address = new.address or s.address = new.declarations_address);
    if holder is not null or new.address = new.declarations_address then
      raise exception '% has this address already', coalesce(holder, new.name)
        using errcode = 'unique_violation', constraint = 'one_server_per_declarations_address';
    end if;
  end if;
  if tg_op = 'INSERT' then return new; end if;
  if (new.url, new.kind) is not distinct from (old.url, old.kind)
     and new.api_key_sha256 in (old.api_key_sha256, case when old.api_key_sha256 = '' then new.api_key_sha256 end)
     and (old.declarations_url is null
       or (new.declarations_url, new.declarations_key_sha256) is not distinct from (old.declarations_url, old.declarations_key_sha256))
  then
    return new;
  end if;
  if new.simulated then return new; end if;
  -- The place of the declarations, beside or built in: what is left at the old one could never be taken back. Somebody
  -- who knows that it is gone says so in the transaction.
  if (case when old.declarations_url is null then new.url <> old.url else new.declarations_url is distinct from old.declarations_url end)
     and coalesce(current_setting('oneway.leaves_declarations', true), '') <> 'yes' then
    pending := server_declarations(old.id);
    if pending is not null then
      raise exception 'the address of the declarations of % cannot change now: %', old.name, pending
        using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  pending := server_pending(old.id);
  if pending is not null then
    raise exception 'address and API key of % cannot change now: %', old.name, pending
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_its_address before insert or update of url, kind, api_key, api_key_sha256, address,
  declarations_url, declarations_key, declarations_key_sha256, declarations_address
  on mdm_servers for each row execute function guard_server_address();

-- A trial that is armed or released counts for the guard above: it waits for an edit under way, and an edit for it.
create or replace function guard_armed_server() returns trigger language plpgsql as $$
begin
  if new.state in {{about_to_send_states}} and new.state <> old.state then
    perform from mdm_servers s join devices d on d.mdm_server_id = s.id where d.id = new.device_id for share of s;
  end if;
  return new;
end $$;

create or replace trigger holds_its_server before update of state on trials
  for each row execute function guard_armed_server();
