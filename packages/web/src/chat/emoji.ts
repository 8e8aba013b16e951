/** Common emoji in groups, each with the names that find it. */
const GROUPS: Readonly<Record<string, string>> = {
  Faces: `😀 grinning|😃 smiley happy|😄 smile|😁 grin|😆 laughing|😅 sweat_smile|🤣 rofl|😂 joy tears|🙂 slight_smile|🙃 upside_down
😉 wink|😊 blush|😇 innocent angel|🥰 in_love|😍 heart_eyes|🤩 star_struck|😘 kiss|😋 yum|😜 crazy tongue|🤪 zany
🤗 hug|🤭 giggle|🤫 shush|🤔 thinking|🤨 raised_eyebrow|😐 neutral|😑 expressionless|😶 silent|😏 smirk|😒 unamused
🙄 eye_roll|😬 grimace|😌 relieved|😔 pensive|😪 sleepy|😴 sleeping|🤒 sick|🤕 hurt|🤢 nauseated|🤯 mind_blown
🥳 party_face|😎 cool sunglasses|🤓 nerd|🧐 monocle|😕 confused|😟 worried|🙁 frown|😮 open_mouth|😲 astonished|😳 flushed
🥺 pleading|😨 fearful|😰 anxious|😢 cry|😭 sob|😱 scream|😤 triumph|😡 angry rage|🤬 cursing|💀 skull|🤖 robot|👻 ghost|🤡 clown`,
  People: `👍 thumbsup +1 yes|👎 thumbsdown -1 no|👌 ok_hand|✌️ victory peace|🤞 fingers_crossed|🤘 rock|👈 point_left|👉 point_right|👆 point_up|👇 point_down
👋 wave hello|✋ hand stop|🖖 vulcan|👏 clap|🙌 raised_hands hooray|🙏 pray thanks|🤝 handshake|💪 muscle strong|✍️ writing|👀 eyes look
🧠 brain|🤷 shrug|🤦 facepalm|🙋 raising_hand|🙇 bow|💁 info|🏃 runner|🕺 dancer|👶 baby|🧑‍💻 technologist coder`,
  Nature: `🐶 dog|🐱 cat|🐭 mouse|🦊 fox|🐻 bear|🐼 panda|🐸 frog|🐵 monkey|🙈 see_no_evil|🦄 unicorn|🐝 bee|🐛 bug|🦋 butterfly|🐢 turtle|🐙 octopus
🐳 whale|🦀 crab|🌱 seedling|🌲 evergreen tree|🌵 cactus|🌻 sunflower|🌹 rose|🍀 clover luck|🌍 earth world|🌙 moon|⭐ star|🌈 rainbow|☀️ sun|⛅ cloud|🌧️ rain|⛄ snowman|❄️ snow|🌊 wave_sea`,
  Food: `☕ coffee|🍵 tea|🍺 beer|🍻 cheers|🍷 wine|🥂 toast_glasses|🍕 pizza|🍔 burger|🍟 fries|🌮 taco|🍣 sushi|🍝 spaghetti|🥗 salad|🍞 bread|🧀 cheese
🍎 apple|🍌 banana|🍓 strawberry|🍉 watermelon|🥑 avocado|🍪 cookie|🎂 cake birthday|🍰 shortcake|🍩 doughnut|🍫 chocolate|🍿 popcorn`,
  Things: `❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|💔 broken_heart|💯 100 hundred|💥 boom
🔥 fire|✨ sparkles|🎉 tada party|🎊 confetti|🎈 balloon|🎁 gift present|🏆 trophy|🥇 first_place|🎯 dart target|🎮 game
🎵 music|🎸 guitar|🎺 trumpet fanfare|📷 camera|💻 laptop|📱 phone|⌨️ keyboard|💡 idea bulb|🔔 bell|📣 megaphone
📌 pin|📎 paperclip|✏️ pencil|📝 memo note|📅 calendar|📈 chart_up|📉 chart_down|🔍 search|🔒 lock|🔑 key
🔧 wrench|🔨 hammer|⚙️ gear|🧪 test_tube|🚀 rocket ship|✈️ plane|🚗 car|🚲 bike|🏠 house|⏰ alarm|⏳ hourglass|💰 money`,
  Signs: `✅ check done|❌ cross|⚠️ warning|❓ question|❗ exclamation|➕ plus|➖ minus|💤 zzz|💬 speech|👁️ eye|🚧 construction wip|🚨 siren|🛑 stop_sign|♻️ recycle
🔴 red_circle|🟡 yellow_circle|🟢 green_circle|🔵 blue_circle|⬆️ up|⬇️ down|➡️ right|⬅️ left|🔁 repeat|🏁 finish|🚩 flag`,
};

export interface Emoji {
  readonly emoji: string;
  /** The first is shown. */
  readonly names: readonly string[];
}

export interface EmojiGroup {
  readonly title: string;
  readonly emoji: readonly Emoji[];
}

export const EMOJI_GROUPS: readonly EmojiGroup[] = Object.entries(GROUPS).map(([title, lines]) => ({
  title,
  emoji: lines.split(/[|\n]/u).map((each) => {
    const [emoji = "", ...names] = each.split(" ");
    return { emoji, names };
  }),
}));

const ALL = EMOJI_GROUPS.flatMap(({ emoji }) => emoji);

/** Those with a name that begins so; then those with a name that has it in it. */
export function findEmoji(text: string, most = Number.POSITIVE_INFINITY): readonly Emoji[] {
  const wanted = text.toLowerCase();
  const begins = ALL.filter(({ names }) => names.some((name) => name.startsWith(wanted)));
  const has = ALL.filter(
    (each) => !begins.includes(each) && each.names.some((name) => name.includes(wanted)),
  );
  return [...begins, ...has].slice(0, most);
}

/** The emoji that is called so. */
export function emojiNamed(name: string): string | undefined {
  return ALL.find(({ names }) => names.includes(name.toLowerCase()))?.emoji;
}
