"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const given = JSON.parse(byId("given").textContent);
  // What Python's str.split() parts a text at: the command and this page read one text alike.
  const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
  const ORDER = [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
    0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10];
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const key = Uint8Array.from(given.key.match(/../g), (two) => parseInt(two, 16));
  let language = /^de\b/i.test(navigator.language) ? "de" : "en";
  let answer = null;

  function isDay(text) {
    if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith("0000")) return false;
    const day = new Date(text + "T00:00:00Z");
    return !isNaN(day) && day.toISOString().slice(0, 10) === text;
  }

  // null: not written in the one way in which a signature is.
  function bytesOf(text) {
    const found = [];
    let bits = 0, held = 0;
    for (const one of text) {
      const value = LETTERS.indexOf(one);
      if (value < 0) return null;
      held = (held << 6) | value;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        found.push((held >> bits) & 255);
        held &= (1 << bits) - 1;
      }
    }
    return bits === 6 || held !== 0 ? null : Uint8Array.from(found);
  }

  // The library takes a second way of writing the same signature, which the command refuses.
  function isBelowOrder(scalar) {
    for (let at = 31; at >= 0; at--) {
      if (scalar[at] !== ORDER[at]) return scalar[at] < ORDER[at];
    }
    return false;
  }

  function isSigned(line, signature) {
    if (signature.length !== 64 || !isBelowOrder(signature.subarray(32))) return false;
    return nacl.sign.detached.verify(new TextEncoder().encode(line), signature, key);
  }

  function today() {
    const now = new Date(), two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  function checked(text) {
    const code = text.split(SPACES).filter((one) => one).join(" ");
    const parts = code.split("|"), signature = bytesOf(parts[parts.length - 1]);
    const isCode = parts.length === 12 && parts[0] === given.mark && signature !== null
      && isDay(parts[5]) && isDay(parts[6]);
    if (!isCode) return { verdict: "no-code" };
    const [, number, pump, serial, drugs, made, until, telephone, clinic, name, named] = parts;
    const facts = { number, pump, serial, made, until, telephone, clinic, name, on: today() };
    facts.drugs = drugs.split("; ").filter((one) => one);
    if (named !== given.named) return { verdict: "other-key", ...facts };
    const line = parts.slice(0, -1).join("|");
    if (!isSigned(line, signature)) return { verdict: "changed", ...facts };
    return { verdict: facts.on > until ? "expired" : "valid", ...facts };
  }

  function say(name, values) {
    const words = given.words[language][name];
    return words.replace(/\{(\w+)\}/g, (whole, one) => (values || given)[one]);
  }

  function day(text) {
    const [year, month, number] = text.split("-").map(Number);
    return say("date", { day: number, month: say("months").split("; ")[month - 1], year });
  }

  // A figure stays with its unit, and `2,500` is two and a half to a German reader.
  function shown(text) {
    let found = text.replace(/(\d) (?=[a-zA-Z%])/g, "$1\u00a0");
    if (language === "de") {
      found = found.replace(/(\d),(?=\d{3}(?!\d))/g, "$1\u202f")
        .replace(/([a-zL)]) a day\b/g, `$1 ${say("a-day")}`)
        .replace(/([a-zL)])\/day\b/g, `$1${say("per-day")}`);
    }
    return found;
  }

  // What stands in the place of a phrase of cards, which are signed in English; else null.
  function within(name, text) {
    const [before, after] = given.words.en[name].split(/\{\w+\}/);
    const isIt = text.startsWith(before) && text.endsWith(after);
    return isIt ? text.slice(before.length, text.length - after.length) : null;
  }

  function dose(words) {
    if (words === given.words.en["dose-nothing"]) return say("dose-nothing");
    const programmed = within("dose-none", words);
    return programmed === null ? words : say("dose-none", { dose: programmed });
  }

  function drug(text) {
    const at = text.indexOf(", "), words = at < 0 ? null : within("dose", text.slice(at + 2));
    if (words === null) return shown(text);
    const [, name, strength] = /^(.*?)( \d.*|)$/.exec(text.slice(0, at));
    const known = language === "de" && Object.hasOwn(given.drugs, name) ? given.drugs[name] : name;
    return shown(`${known}${strength}, ${say("dose", { words: dose(words) })}`);
  }

  function put(parent, tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    parent.append(made);
    return made;
  }

  function field(list, label, texts) {
    const row = put(list, "div", "");
    put(row, "dt", say(label));
    texts.forEach((text) => put(row, "dd", text));
  }

  function show() {
    const place = byId("answer");
    place.replaceChildren();
    place.hidden = answer === null;
    if (answer === null) return;
    const found = answer, isTold = found.verdict !== "no-code";
    place.className = found.verdict;
    const dates = isTold ? { until: day(found.until), made: day(found.made), on: day(found.on) } : {};
    const head = put(place, "h2", say(`verdict-${found.verdict}`, dates));
    head.id = "verdict";
    head.tabIndex = -1;
    if (isTold) {
      const isOurs = found.verdict === "valid" || found.verdict === "expired";
      put(place, "h3", say(isOurs ? "facts" : "claims"));
      const list = put(place, "dl", "");
      field(list, "drugs", found.drugs.length ? found.drugs.map(drug) : [say("no-drugs")]);
      field(list, "pump", [say("pump-serial", { pump: shown(found.pump), serial: found.serial })]);
      field(list, "card", [found.name ? `${found.number}, ${found.name}` : found.number]);
      field(list, "made", [dates.made]);
      field(list, "until", [dates.until]);
      field(list, "clinic", [found.clinic]);
      field(list, "telephone", [found.telephone || say("no-telephone")]);
      if (isOurs) ["dose-note", "cannot-know"].forEach((one) => put(place, "p", say(one, dates)));
      if (found.on < found.made) put(place, "p", say("clock", dates));
    }
    if (!isTold || found.verdict === "changed") put(place, "p", say("call"));
    put(place, "p", isTold ? say("checked", { ...dates, print: given.print }) : say("with-key"));
    put(place, "p", say("information"));
  }

  function speak(to) {
    language = to;
    document.documentElement.lang = to;
    document.title = say("title");
    document.querySelectorAll("[data-say]").forEach((one) => {
      one.textContent = say(one.dataset.say);
    });
    ["en", "de"].forEach((one) => byId(one).setAttribute("aria-pressed", String(one === to)));
    show();
  }

  function check() {
    try {
      answer = checked(byId("code").value);
    } catch (error) {
      // Without an answer nothing of an earlier card may stand here.
      answer = null;
      show();
      byId("cannot").hidden = false;
      byId("cannot").focus();
      return;
    }
    show();
    byId("verdict").focus();
  }

  ["en", "de"].forEach((one) => byId(one).addEventListener("click", () => speak(one)));
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  byId("code").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    check();
  });
  byId("code").addEventListener("input", () => {
    // A verdict never stands beside a code that it is not about.
    answer = null;
    show();
  });
  byId("empty").addEventListener("click", () => {
    byId("code").value = "";
    answer = null;
    show();
    byId("code").focus();
  });
  new TextEncoder();
  nacl.sign.detached.verify(new Uint8Array(0), new Uint8Array(64), key);
  speak(language);
  byId("cannot").hidden = true;
  byId("program").hidden = false;
})();
