// Bytes that are no HTTP answer, each as a server might really send them: what transport and fault tests share. Data only.

const OK = "HTTP/1.1 200 OK\r\n";
const LONG = "a".repeat(40_000);

export interface NoHttp {
  readonly name: string;
  readonly bytes: string;
}

export const NO_HTTP: readonly NoHttp[] = [
  { name: "an SMTP banner", bytes: "220 mail.example.org ESMTP\r\n" },
  { name: "a status line without a number", bytes: "HTTP/1.1 2x0 OK\r\n\r\n" },
  { name: "a chunk size that is no number", bytes: `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n` },
  { name: "a negative Content-Length", bytes: `${OK}Content-Length: -1\r\n\r\n` },
  { name: "a header of 40,000 bytes", bytes: `${OK}X-Padding: ${LONG}\r\n\r\n` },
  { name: "101", bytes: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" },
];

export const MORE_NO_HTTP: readonly NoHttp[] = [
  ...NO_HTTP,
  { name: "101 and no Upgrade", bytes: "HTTP/1.1 101 Switching Protocols\r\n\r\n" },
  { name: "100", bytes: "HTTP/1.1 100 Continue\r\n\r\n" },
  { name: "an SSH banner", bytes: "SSH-2.0-OpenSSH_10.0\r\n" },
  { name: "HTTP/0.9", bytes: '{"stat": "OK", "response": {"result": "allow", "status_msg": "come in"}}' },
  { name: "frames of HTTP/2", bytes: "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\0\xff\xff\0\x01\0\0\x10\0" },
  { name: "a request", bytes: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" },
  { name: "zeroes", bytes: "\0".repeat(64) },
  { name: "status 000", bytes: "HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\n{}" },
  { name: "bare line feeds", bytes: "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}" },
  { name: "a Content-Length that is no number", bytes: `${OK}Content-Length: two\r\n\r\n{}` },
  { name: "a Content-Length without end", bytes: `${OK}Content-Length: 99999999999999999999999\r\n\r\n{}` },
  { name: "two Content-Lengths", bytes: `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ` },
  {
    name: "Content-Length and chunks",
    bytes: `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  },
  { name: "a chunk that is longer than it says", bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n` },
  {
    name: "a trailer of 40,000 bytes",
    bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: ${LONG}\r\n\r\n`,
  },
  { name: "a space in a header's name", bytes: `${OK}b d: x\r\n\r\n` },
  { name: "a control character in a header", bytes: `${OK}X: a\x01b\r\nContent-Length: 2\r\n\r\n{}` },
];
