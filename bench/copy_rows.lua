-- Copies rows, as if their tasks had been told of just now.
-- KEYS  meta, changed, sent, counts
-- ARGV  row key prefix, index key prefix, then for each: task_id to copy, task_id of the copy
local meta, changed, sent, counts = unpack(KEYS)
local prefix, index = ARGV[1], ARGV[2]
local offset = tonumber(redis.call('HGET', meta, 'offset'))
for at = 3, #ARGV, 2 do
  local id, row = ARGV[at + 1], prefix .. ARGV[at + 1]
  offset = offset + 1
  local score = string.format('%.0f', offset)
  redis.call('COPY', prefix .. ARGV[at], row)
  redis.call('HSET', row, 'offset', cjson.encode(score), 'heard', cjson.encode(score))
  redis.call('ZADD', changed, score, id)
  redis.call('ZADD', sent, score, id)
  redis.call('HINCRBY', counts, redis.call('HGET', row, 'state'), 1)
  for _, kind in ipairs({'group', 'name', 'queue', 'worker'}) do
    local value = redis.call('HGET', row, kind)
    redis.call('ZADD', index .. kind .. ':' .. value, score, score)
    redis.call('HINCRBY', index .. kind, value, 1)
  end
end
redis.call('HSET', meta, 'offset', string.format('%.0f', offset))
