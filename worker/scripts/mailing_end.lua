-- Writes down what came of a claim. A run that has lost the lease may still say how its last mail ended, but cannot put
-- the recipient back to be sent to again. Answers 1 if it was written, or had been, by this very claim; else 0.
-- KEYS  mailing, rows
-- ARGV  run, recipient, number of the claim, outcome, entry as JSON, seconds to keep
local mailing = KEYS[1]
local run, recipient, number, outcome, entry, keep = unpack(ARGV)
local stored = redis.call('HGET', mailing, 'to:' .. recipient)
if not stored then return 0 end
local before = cjson.decode(stored)
if before.run ~= run or before.number ~= tonumber(number) then return 0 end
if before.outcome == outcome then return 1 end
if before.outcome ~= 'sending' and before.outcome ~= 'not known' then return 0 end
if outcome == 'deferred' and redis.call('HGET', mailing, 'lease') ~= run then return 0 end
redis.call('HSET', mailing, 'to:' .. recipient, entry)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, keep) end
return 1
