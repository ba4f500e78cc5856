-- Fields that are one reading from one source: osFields of lib/domain/reading-order.
create or replace function is_os_field(field text) returns boolean immutable parallel safe language sql
return field in ('osVersion', 'osBuild', 'osVersionExtra', 'osSupplementalBuild');
