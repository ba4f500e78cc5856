-- The canonical form of an MDM server's address: lib/mdm/server-url.ts in SQL. Without the scheme, as one
-- port is one server; all names of this machine are the same.
create or replace function server_address(url text) returns text language plpgsql immutable as $$
declare
  part text[] := regexp_match(url, '^(https?)://(\[[^\]]*\]|[^/:]*)(?::0*(\d*))?(/.*)?$', 'i');
  host text;
begin
  if part is null then return lower(url); end if;
  host := rtrim(lower(part[2]), '.');
  if host ~ '^(.*\.)?localhost$' or host ~ '^127(\.\d+){3}$' or host in ('[::1]', '0.0.0.0', '[::]') then
    host := 'this-machine';
  end if;
  return host || ':' || coalesce(nullif(part[3], ''), case lower(part[1]) when 'https' then '443' else '80' end)
    || rtrim(coalesce(part[4], ''), '/');
end $$;
