-- Move a message back to its queue, if it is still unacknowledged and with this owner; answers whether it was moved.
-- KEYS  unacked_index, unacked, owners, queue
-- ARGV  delivery tag, owner, message, LPUSH (to be taken last) or RPUSH (to be taken next)
if (redis.call('HGET', KEYS[3], ARGV[1]) or '') ~= ARGV[2] then
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then
  return 0
end
redis.call(ARGV[4], KEYS[4], ARGV[3])
return 1
