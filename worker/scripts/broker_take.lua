-- A worker has taken a message from its queue: kombu's own two entries, and whose it is.
-- KEYS  unacked_index, unacked, owners
-- ARGV  delivery tag, owner, time in seconds, kombu's entry
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
