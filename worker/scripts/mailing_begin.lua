-- Writes down that this run is about to send to this recipient. Answers `claimed` (send now), `done` (somebody has begun
-- before), `superseded` (another run has the lease) or `gone`. Claims of a recipient count up, so that a command that
-- arrives twice or late, as after a timeout, claims nothing anew.
-- KEYS  mailing, rows
-- ARGV  run, recipient, number of the claim, entry as JSON, seconds to keep
local mailing = KEYS[1]
local run, recipient, number, entry, keep = unpack(ARGV)
local lease = redis.call('HGET', mailing, 'lease')
if not lease then return 'gone' end
if lease ~= run then return 'superseded' end
local stored = redis.call('HGET', mailing, 'to:' .. recipient)
if stored then
  local before = cjson.decode(stored)
  if before.outcome == 'sending' and before.run == run and before.number == tonumber(number) then return 'claimed' end
  if before.outcome ~= 'deferred' or before.number >= tonumber(number) then return 'done' end
end
redis.call('HSET', mailing, 'to:' .. recipient, entry)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, keep) end
return 'claimed'
