-- A new run of the mailing's task takes the lease; the run before can begin nothing any more. A recipient that was being
-- sent to may or may not have got the mail: it becomes `not known`. Answers `taken`, `superseded` or `gone`.
-- KEYS  mailing, rows
-- ARGV  run, seconds to keep, reason
local mailing = KEYS[1]
local run, keep, reason = unpack(ARGV)
if redis.call('EXISTS', mailing) == 0 then return 'gone' end
if redis.call('HSETNX', mailing, 'run:' .. run, 1) == 0 then -- said twice, or late: a client that got no answer asks again
  return redis.call('HGET', mailing, 'lease') == run and 'taken' or 'superseded'
end
redis.call('HSET', mailing, 'lease', run)
local all = redis.call('HGETALL', mailing)
for at = 1, #all, 2 do
  local entry = string.sub(all[at], 1, 3) == 'to:' and cjson.decode(all[at + 1])
  if entry and entry.outcome == 'sending' then
    entry.outcome, entry.reason = 'not known', reason
    redis.call('HSET', mailing, all[at], cjson.encode(entry))
  end
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, keep) end
return 'taken'
