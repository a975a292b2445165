-- Arithmetic of filters that never raises: what has no finite result is null, what is too small to be told from 0 is 0, as in the
-- evaluator of the tiles package (tiles/src/filter/arithmetic.ts). PostgreSQL's own operators raise, and an error would tell that some row
-- met the filter so far. No exception blocks: they cannot run in parallel workers. Near the edges results are judged scaled by powers
-- of two, which is exact.

create function yutu.plus(x double precision, y double precision) returns double precision
  language plpgsql immutable strict parallel safe as $$
begin
  if abs(x) < 1e307 and abs(y) < 1e307 then return x + y; end if;
  if not (abs(x) < 'Infinity' and abs(y) < 'Infinity') then return null; end if;
  -- Less than half the step between the largest numbers cannot carry a sum beyond them. 2^1023 is half of where they end.
  if least(abs(x), abs(y)) < 1e290 or abs(x * 0.5 + y * 0.5) < 8.98846567431158e307 then return x + y; end if;
  return null;
end $$;

create function yutu.times(x double precision, y double precision) returns double precision
  language plpgsql immutable strict parallel safe as $$
declare
  a double precision := abs(x);
  b double precision := abs(y);
  size double precision;
begin
  if a > 1e-140 and a < 1e150 and b > 1e-140 and b < 1e150 then return x * y; end if;
  if not (a < 'Infinity' and b < 'Infinity') then return null; end if;
  if a = 0 or b = 0 then return 0; end if;
  -- ln 2^1024 = 709.78, ln 2^-1075 = -745.13
  size := ln(a) + ln(b);
  if size > 709.8 then return null; end if;
  if size < -745.2 then return 0; end if;
  if size > 709.7 and (a * 7.458340731200207e-155) * (b * 7.458340731200207e-155) >= 1 then return null; end if;
  if size < -745.1 and (a * 1.3407807929942597e154) * (b * 1.3407807929942597e154) <= 4.440892098500626e-16 then return 0; end if;
  return x * y;
end $$;

create function yutu.quotient(x double precision, y double precision) returns double precision
  language plpgsql immutable strict parallel safe as $$
declare
  a double precision := abs(x);
  b double precision := abs(y);
  size double precision;
begin
  if a > 1e-140 and a < 1e150 and b > 1e-140 and b < 1e150 then return x / y; end if;
  if b = 0 or not (a < 'Infinity' and b < 'Infinity') then return null; end if;
  if a = 0 then return 0; end if;
  size := ln(a) - ln(b);
  if size > 709.8 then return null; end if;
  if size < -745.2 then return 0; end if;
  if size > 709.7 and (a * 7.458340731200207e-155) / (b * 1.3407807929942597e154) >= 1 then return null; end if;
  if size < -745.1 and (a * 1.3407807929942597e154) / (b * 7.458340731200207e-155) <= 4.440892098500626e-16 then return 0; end if;
  return x / y;
end $$;

-- What a division leaves, with the sign of x, exactly. Null where x is 2^53 times as large as y: the next number is further away than y.
create function yutu.remainder(x double precision, y double precision) returns double precision
  language plpgsql immutable strict parallel safe as $$
declare
  rest double precision := abs(x);
  b double precision := abs(y);
  part double precision := abs(y);
begin
  if not coalesce(yutu.quotient(rest, b) < 9007199254740992, false) then return null; end if;
  if rest < b then return x; end if;
  if rest < 9007199254740992 and x = trunc(x) and y = trunc(y) then return (x::bigint % y::bigint)::double precision; end if;
  while part <= rest - part loop part := part * 2; end loop;
  loop
    if rest >= part then rest := rest - part; end if;
    exit when part <= b;
    part := part * 0.5;
  end loop;
  return case when x < 0 then -rest else rest end;
end $$;

-- A number that lies to every bigint as x does. Casts to numeric keep fifteen digits, and one to double rounds past 2^53.
create function yutu.beside_bigint(x double precision) returns numeric
  language sql immutable strict parallel safe as $$
  select case
    when x >= -9223372036854775808 and x < 9223372036854775808
      then trunc(x)::bigint::numeric + case when x = trunc(x) then 0 else 0.5 * sign(x)::numeric end
    else x::numeric
  end
$$;
