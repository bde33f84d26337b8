-- How many messages wait in each list, and the task of the one that is taken next. Answers {number, task_id or ''} for
-- each; the number is -1 for what is no list.
-- KEYS  lists, each kombu's: new messages on the left, taken from the right
local LONGEST = 65536 -- a longer message is not read only to know its age
local told = {}
for place, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local number, task_id = kind == 'none' and 0 or -1, ''
  if kind == 'list' then
    number = redis.call('LLEN', key)
    local head = redis.call('LINDEX', key, -1)
    local good, message = pcall(cjson.decode, head and #head <= LONGEST and head or '')
    if good and type(message) == 'table' and type(message.headers) == 'table' and type(message.headers.id) == 'string' then
      task_id = message.headers.id
    end
  end
  told[place] = {number, task_id}
end
return told
