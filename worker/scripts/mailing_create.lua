-- Writes a new mailing down, whole or not at all. Answers 1, or 0 if there is one of this id already.
-- KEYS  mailing, rows
-- ARGV  seconds to keep, number of field arguments, field, value, ..., row, row, ...
local mailing, rows = unpack(KEYS)
if redis.call('EXISTS', mailing) == 1 then return 0 end
redis.call('DEL', rows) -- of one that was evicted in part
local last = 2 + tonumber(ARGV[2])
for at = 3, last, 2 do redis.call('HSET', mailing, ARGV[at], ARGV[at + 1]) end
for at = last + 1, #ARGV do redis.call('RPUSH', rows, ARGV[at]) end
redis.call('EXPIRE', mailing, ARGV[1])
redis.call('EXPIRE', rows, ARGV[1])
return 1
