-- Fields that are one reading from one source: osFields of lib/domain/reading/reading-order.
create or replace function os_fields() returns text[] immutable parallel safe language sql
return {{os_fields}};
