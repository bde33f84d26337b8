-- Forget a message that is done, if it is still with this owner; answers whether it was.
-- KEYS  unacked_index, unacked, owners
-- ARGV  delivery tag, owner
if (redis.call('HGET', KEYS[3], ARGV[1]) or '') ~= ARGV[2] then
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])
