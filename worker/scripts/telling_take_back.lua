-- Nobody needs to be told any more. Answers `taken_back`, `none` (there was none) or `mailed` (a mail is out, or on its way).
-- KEYS  telling, tellings of the task, all tellings
-- ARGV  id
local telling, of_task, all = unpack(KEYS)
if redis.call('EXISTS', telling) == 0 then return 'none' end
if redis.call('HEXISTS', telling, 'run') == 1 then return 'mailed' end
redis.call('DEL', telling)
redis.call('SREM', of_task, ARGV[1])
redis.call('ZREM', all, ARGV[1])
return 'taken_back'
