// Holds the emulator's canonical strings and hashes to published vectors of Duo's documents and official clients.
// The names T1 to T16 are those of the project's API notes.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { Pair } from "../../emulator/http/pairs.ts";
import {
  canonicalParams,
  canonicalString,
  duoHeaderHash,
  type Signable,
  sha512Hex,
} from "../../emulator/signature/canonical.ts";

const sampleKey = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const unicodeKey = "gtdfxv9YgVBYcF6dl2Eq17KUQJN2PLM2ODVTkvoT";
const date2012 = "Tue, 21 Aug 2012 17:29:18 -0000";
const december = "Fri, 07 Dec 2012 17:18:00 -0000";
const may2024 = "Fri, 24 May 2024 12:00:00 -0000";

function pairs(params: Readonly<Record<string, string>>): readonly Pair[] {
  return Object.entries(params).map(([key, value]) => ({ key, value }));
}

const root = pairs({ realname: "First Last", username: "root" });
const narroway = { factor: "push", hostname: "wks01", ipaddr: "10.2.3.4", device: "auto", username: "narroway" };
const narrowayJson = '{"device":"auto","factor":"push","hostname":"wks01","ipaddr":"10.2.3.4","username":"narroway"}';
const several = { foo: "bar", one: "1", bool: "true" };
const severalJson = '{"bool":"true","foo":"bar","one":"1"}';
const unicode = pairs({
  "\u469a\u287b\u35d0\u8ef3\u6727\u502a\u0810\ud091\xc8\uc170":
    "\u0f45\u1a76\u341a\u654c\uc23f\u9b09\uabe2\u8343\u1b27\u60d0",
  "\u7449\u7e4b\uccfb\u59ff\ufe5f\u83b7\uadcc\u900c\ucfd1\u7813":
    "\u8db7\u5022\u92d3\u42ef\u207d\u8730\uacfe\u5617\u0946\u4e30",
  "\u7470\u9314\u901c\u9eae\u40d8\u4201\u82d8\u8c70\u1d31\ua042":
    "\u17d9\u0ba8\u9358\uaadf\ua42a\u48be\ufb96\u6fe9\ub7ff\u32f3",
  "\uc2c5\u2c1d\u2620\u3617\u96b3F\u8605\u20e8\uac21\u5934": "\ufba9\u41aa\ubd83\u840b\u2615\u3e6e\u652d\ua8b5\ud56bU",
});

interface Vector {
  readonly name: string;
  readonly version: 2 | 4 | 5;
  readonly digest: "sha1" | "sha512";
  readonly key?: string;
  readonly request: Partial<Signable>;
  readonly signature: string;
}

const sample: Signable = {
  date: date2012,
  method: "POST",
  host: "api-XXXXXXXX.duosecurity.com",
  path: "/auth/v2/auth",
  params: [],
  body: "",
  headers: [],
};
const legacyAuth = {
  path: "/rest/v1/auth",
  params: pairs({ auto: "auto", factor: "auto", hostname: "wks01", ipaddr: "10.2.3.4", user: "narroway" }),
};
const accounts = { path: "/accounts/v1/account/list", params: root };
const unicodeRequest = {
  date: december,
  method: "PoSt",
  host: "foO.BAr52.cOm",
  path: "/Foo/BaR2/qux",
  params: unicode,
};
const nodeRequest = { host: "test.duosecurity.com", path: "/test/v1" };
const hmacRequest = {
  date: may2024,
  host: "api-xxxxxxxx.duosecurity.com",
  path: "/api/path",
  headers: [["x-duo-date", may2024]] as const,
};
const hmacExtra = {
  ...hmacRequest,
  headers: [
    ["x-duo-foo", "bar"],
    ["X-Duo-Bar", "foo"],
    ["non-duo-bar", "duo"],
    ["X-Duo-Date", may2024],
  ] as const,
};
const hmacKey = "test".repeat(10);

const vectors: readonly Vector[] = [
  {
    name: "T1 sha1",
    version: 2,
    digest: "sha1",
    request: legacyAuth,
    signature: "33916e12ab2826d54f072669877fdca2112e515d",
  },
  {
    name: "T1 sha512",
    version: 2,
    digest: "sha512",
    request: legacyAuth,
    signature:
      "d9aee5df712f011bcd15136220fdd3f98af3d0edd733d07286ac695846093f5bd225071c6592e3b138dd6b881ff07d48dfcced98c5317f49684f0fca60e738e7",
  },
  {
    name: "T1b sha1, no parameters",
    version: 2,
    digest: "sha1",
    request: { method: "GET", path: "/rest/v1/check" },
    signature: "2137cfdf3c3d1536a2a8258ab4bf28d4cbad1118",
  },
  {
    name: "T1c sha512, no parameters",
    version: 2,
    digest: "sha512",
    request: { method: "GET", path: "/auth/v2/check" },
    signature:
      "2da6ea8a7fcee59edeae46512da92c44be7fff870c34a93e219d487e2e49d790488b3a436d9175357799be45bc923a599cfce92b7178a58dd694f60a794d47e9",
  },
  { name: "T2", version: 2, digest: "sha1", request: accounts, signature: "2d97d6166319781b5a3a07af39d366f491234edc" },
  {
    name: "T3",
    version: 2,
    digest: "sha512",
    request: accounts,
    signature:
      "1bffb8924348f7db7da9e7d7d749ded93aafd02d8e904960da7b96c57510220185a64a2827ee8f24ac5d30802a9ee97e59de44b304b18242f0d596d15a8122af",
  },
  {
    name: "T4",
    version: 2,
    digest: "sha1",
    request: { path: "/admin/v1/users", params: root },
    signature: "c1ef43767c3eb3b3258dbddca6f8d0941e085b92",
  },
  {
    name: "T5 parameters and a body",
    version: 5,
    digest: "sha512",
    request: {
      path: "/accounts/v1/account/list",
      params: pairs({ realname: "First Last" }),
      body: '{"txid":"f22b1678-252a-4070-b176-0ca2be7319fd"}',
    },
    signature:
      "78f4327f831173cc78d0907e913e3c5a28fe72dd4545a342586bb67181f2ba393d20911e870362f6faba3dc6f7e9db5e93aed2f3bfc110c6dadaff4dc6179e0b",
  },
  {
    name: "T8 unicode sha1",
    version: 2,
    digest: "sha1",
    key: unicodeKey,
    request: unicodeRequest,
    signature: "f01811cbbf9561623ab45b893096267fd46a5178",
  },
  {
    name: "T8 unicode sha512",
    version: 2,
    digest: "sha512",
    key: unicodeKey,
    request: unicodeRequest,
    signature:
      "0508065035a03b2a1de2f453e629e791d180329e157f65df6b3e0f08299d4321e1c5c7a7c7ee6b9e5fc80d1fb6fbf3ad5eb7c44dd3b3985a02c37aca53ec3698",
  },
  {
    name: "T8 unicode v5",
    version: 5,
    digest: "sha512",
    key: unicodeKey,
    request: unicodeRequest,
    signature:
      "de886475f5ee8cf32872a7c10869e4dce7a0038f8b0da01d903469c6240473dfd1abf98b40b34b9ad7fbc99d5df3f2279e7105fd9101c428b94faaeec5e179cf",
  },
  {
    name: "T8 unicode v5 with a header",
    version: 5,
    digest: "sha512",
    key: unicodeKey,
    request: { ...unicodeRequest, headers: [["X-Duo-Header-1", "hEaDeR_vAlUe_1"]] },
    signature:
      "4e8208467d1f5e2c8045537d667f876f7c20d0f5db183e583e0597e55829ed1d0f796f4f0bfeeac2711b5ce45fcce8c64c149cb0d1edaf9bbe77870611857064",
  },
  {
    name: "T9 v2",
    version: 2,
    digest: "sha512",
    key: "test_skey",
    request: { ...nodeRequest, params: root },
    signature:
      "042a30c682bd836fc5ba467891a956eaa10091ca0f73a7fb396aefd56a3529e56932dea427a67213af664ba6841689ff2336b7a373766ea5ab7ab9fe2638226b",
  },
  {
    name: "T9 v5",
    version: 5,
    digest: "sha512",
    key: "test_skey",
    request: { ...nodeRequest, body: '{"realname":"First Last","username":"root"}' },
    signature:
      "7d02409a152764843cccd8284da153b3fb446baad5f998886325e24bc9cd4a244de85ad4bfa7ea285d68209f160835673d8b4f1e1b23d9cd521d26bfe7f366a4",
  },
  {
    name: "T10 GET",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacRequest, method: "GET" },
    signature:
      "c454639d75b4e3d99b8b1d5e41cd7bb2d2d8ba55f6811f786dfb0edd4facd2f3a5e6d6c837f31f6826706325b4ed7dcdc5f11164948e57a7032a524990e01583",
  },
  {
    name: "T10 POST {}",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacRequest, body: "{}" },
    signature:
      "12a05d783b2e58e36f37df8a6907835496fbe20fb3d04b15036c82b1694fc58d1c0451b937fb9ba6e7c2b44d89b473af708166183d216aea13e52742a57f239f",
  },
  {
    name: "T10 GET foo=bar",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacRequest, method: "GET", params: pairs({ foo: "bar" }) },
    signature:
      "88fe80f3b242b992f4b301408d524a886274d3ed0c4c7bd184e1b4ff378e68ea05d9433c09938078c49517a6c4264c950be9ff5cc28ad2d448cea24bc93887ca",
  },
  {
    name: "T10 POST foo=bar",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacRequest, body: '{"foo":"bar"}' },
    signature:
      "643770af31006c584a758d926250e46a90d79100d21f7a0313c3e77d64fa3c5d2c94e2c9081a2b65343cc3d5f2ed21f7300ea50b00640cb1760f323192307d37",
  },
  {
    name: "T10 GET several, with headers",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacExtra, method: "GET", params: pairs(several) },
    signature:
      "d46556726800415dc78cefc3fb4e11dcf3ee1342904f276ed5c8e3427878bd5376ea6c5551b90bf707fab53f6f1d20a114898898705d28268824edd0be5f1d53",
  },
  {
    name: "T10 POST several, with headers",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacExtra, body: severalJson },
    signature:
      "def7b7359b0399543b61d3d1a4252c1908eb486039168aa7d1c93545f052e121062e4d0d3cae80f0f125dc497c43c53b62c9db58cacd21394a3b17ad972e3793",
  },
  {
    name: "T10 POST several",
    version: 5,
    digest: "sha512",
    key: hmacKey,
    request: { ...hmacRequest, body: severalJson },
    signature:
      "68cab6a42be216a0e055772ed8d8870b383fc986ee4bd7b9234689e239be677c8edf61e33eaddd83e2b9414c98ff30bfca0bf2e1f44831074f5c474bf4af9fd7",
  },
  {
    name: "T14 v5",
    version: 5,
    digest: "sha512",
    request: { body: narrowayJson },
    signature:
      "899b5ae9fc1c78e3dd57562ce43dfed6f0787e484f5d992295838d07e24a82969ff77f119ba35fe4e3cfdb2faaad22803452cc38759c4bd766f9d158fe3428dc",
  },
  {
    name: "T15 sha1",
    version: 2,
    digest: "sha1",
    request: { params: pairs(narroway) },
    signature: "4e13660ef0a0e491aa786dcafc608025471d9897",
  },
  {
    name: "T15 sha512",
    version: 2,
    digest: "sha512",
    request: { params: pairs(narroway) },
    signature:
      "3b55d10f649944263dca62d362c60af868519969472db5f9c3d7af196af08ce536e7cc778b279858fb311d787ab0a8739c20d6eb67b05bf2af8f088b476cdf95",
  },
  {
    name: "T16 IPv6",
    version: 2,
    digest: "sha512",
    request: {
      path: "/auth/v2/preauth",
      params: pairs({ username: "narroway", ipaddr: "2001:db8::1", hostname: "wks01" }),
    },
    signature:
      "344eca11de0eb36b3287bd594ebee8cd78c68f2414a73261258fc2287ae191cfe6939f8759c9a5db4870c4e7bcd7f9b103104d1eaa12367489a78f2557e3cf9a",
  },
];

for (const vector of vectors) {
  test(`signature vector ${vector.name}`, () => {
    const canonical = canonicalString(vector.version, { ...sample, ...vector.request });
    const signature = createHmac(vector.digest, vector.key ?? sampleKey)
      .update(canonical)
      .digest("hex");
    assert.equal(signature, vector.signature);
  });
}

test("T6: the canonical string of version 5 has seven lines and keeps the case of the path", () => {
  const body =
    '{"activation_code":"duo://x1bTAIQGWXppdi2ctPVn-YXBpLWR1bzEuZHVvLnRlc3Q","user_id":"DU439XKOX2W6LMYHWLEV"}';
  const canonical = canonicalString(5, {
    date: december,
    method: "post",
    host: "FOO.example.CoM",
    path: "/Foo/BaR2/qux",
    params: pairs({ username: "H ell?o" }),
    body,
    headers: [],
  });
  assert.deepEqual(canonical.split("\n"), [
    december,
    "POST",
    "foo.example.com",
    "/Foo/BaR2/qux",
    "username=H%20ell%3Fo",
    "9ddab7d898836a76fafbb0dcef7bc83f14036b39bbb1ebbe43044f7c76338fa699eba8f0d3ecb329a084f32ef23c8a1609efad25032923b651e6f3f6d2f7b773",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  ]);
});

test("T7, T13, T14: SHA-512 of bodies", () => {
  const hashes = [
    [
      '{"limit":10,"offset":2}',
      "66fabab062974c3dd3f4d27284e41bf8121d71c0e63e95631992062ef5d1a4058403af3482c8c32ae63cd724cbf0aa793a931ef273539ef6f3745751c22f25f6",
    ],
    [
      "I am an ascii string",
      "c1710f1224e4973bfbb9ca1a297e63756a4b1736ebd1b646ba3d63a392b73d24a52ac8b4afb6eafca6dfe91f09e2e75117c377398a7d2f22136b05c038b94151",
    ],
    [
      narrowayJson,
      "571f07f529b16c2a50431be8c053931512b79ce8df80652830d8f8fd9244a5d56559dc1faa55e0bef19f4156f457dd75903fd21422f6ce8acfbd9ce031638aeb",
    ],
  ] as const;
  for (const [text, hash] of hashes) assert.equal(sha512Hex(text), hash);
});

test("T11: X-Duo header hashes, names in any case and order", () => {
  assert.equal(
    duoHeaderHash([["X-Duo-Header-1", "header_value_1"]]),
    "630b4bfe7e9abd03da2eee8f0a5d4e60a254ec880a839bcc2223bb5b9443e8ef24d58f0254f1f5934bf8c017ebd0fd5b1acf86766bdbe74185e712a4092df3ed",
  );
  assert.equal(
    duoHeaderHash([
      ["X-Duo-B", "header_value_2"],
      ["x-duo-A", "header_value_1"],
    ]),
    "60be11a30e0756f2ee2afdce1db849b987dcf86c1133394bd7bbbc9877920330c4d78aceacbb377ab8cbd9a8efe6a410fed4047376635ac71226ab46ca10d2b1",
  );
});

test("T12: percent-encoding, repeated keys and keys that are prefixes", () => {
  const ascii = pairs({
    digits: "0123456789",
    letters: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    whitespace: "\t\n\x0b\x0c\r ",
  });
  assert.equal(
    canonicalParams(ascii),
    "digits=0123456789&letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ&punctuation=%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~&whitespace=%09%0A%0B%0C%0D%20",
  );
  const repeated = [...pairs({ username: "H ell?o", password: "H-._~i" }), { key: "password", value: "A(!'*)" }];
  assert.equal(canonicalParams(repeated), "password=A%28%21%27%2A%29&password=H-._~i&username=H%20ell%3Fo");
  assert.equal(canonicalParams(pairs({ foo_bar: "2", foo: "1" })), "foo=1&foo_bar=2");
});
