-- All that is counted, in one round trip: {now, microseconds, since, slots, run times by name}.
-- KEYS  statistics key prefix
-- ARGV  "slots" or "": whether the slots are asked for too
local prefix = KEYS[1]
local clock = redis.call('TIME')
local now = tonumber(clock[1])

-- The same lengths, and as long, as in append.lua.
local slots = {}
for _, slot in ipairs(ARGV[1] == 'slots' and {{10, 900}, {600, 86400}} or {}) do
  local length, told_s = unpack(slot)
  for at = now - now % length - told_s, now, length do
    local counted = redis.call('HGETALL', string.format('%s%d:%d', prefix, length, at))
    if #counted > 0 then slots[#slots + 1] = {length, at, counted} end
  end
end

local times = {}
for _, name in ipairs(redis.call('ZREVRANGE', prefix .. 'names', 0, -1)) do
  local key = prefix .. 'times:' .. name
  times[#times + 1] = {name, redis.call('HGETALL', key), redis.call('HGETALL', key .. ':before')}
end
return {clock[1], clock[2], redis.call('GET', prefix .. 'since') or '', slots, times}
