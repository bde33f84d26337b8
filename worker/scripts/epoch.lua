-- Names the log's epoch, and begins a new one when this Redis is not the one that the epoch began on: it may have
-- lost what it had acknowledged. Answers {epoch, offset}.
-- KEYS  meta, log
-- ARGV  the run id of this Redis
local meta, log = KEYS[1], KEYS[2]
local had = redis.call('HMGET', meta, 'epoch', 'server', 'offset')
local clock = redis.call('TIME')
local now = string.format('%.0f', tonumber(clock[1]) * 1000000 + tonumber(clock[2]))
if not had[1] then redis.call('DEL', log) end
if not had[1] or (had[2] and had[2] ~= ARGV[1]) then
  had[1] = now
  redis.call('HSET', meta, 'epoch', now)
end
redis.call('HSET', meta, 'server', ARGV[1])
return {had[1], had[3] or '0000000000000000'}
