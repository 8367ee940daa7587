# Drives an emulator with Net::Duo, the Perl client that Debian ships (libnet-duo-perl), and prints what it got, one JSON
# object. Reads {"host", "ikey", "skey"} from standard input; where the host is, and which authority is trusted, LWP takes
# from its own environment variables. Exit code 77 says that the client is not there. Called by emulator-net-duo.test.ts.
use 5.014;
use strict;
use warnings;

BEGIN {
    if (!eval { require JSON; require Net::Duo; require Net::Duo::Auth; 1 }) {
        print $@;
        exit 77;
    }
}

my $target = JSON->new->utf8->decode(do { local $/; <STDIN> });

sub client {
    my ($skey) = @_;
    return Net::Duo::Auth->new({
        api_hostname    => $target->{host},
        integration_key => $target->{ikey},
        secret_key      => $skey // $target->{skey},
    });
}

my $duo = client();

# The result and the further data of a call that waits for the user.
sub blocking {
    my ($ok, $data) = $duo->auth({@_});
    return { ok => $ok ? 1 : 0, %{$data} };
}

# Every state of a transaction until it ends.
sub polling {
    my $async = $duo->auth_async({@_});
    my @states;
    while (@states < 6) {
        my ($result, $data) = $async->status;
        push @states, "$result $data->{status} $data->{status_msg}";
        last if $result ne 'waiting';
    }
    return \@states;
}

sub refusal {
    my ($call) = @_;
    return { unexpected => 1 } if eval { $call->(); 1 };
    my $error = $@;
    return { code => $error->code, text => "$error" };
}

sub preauth {
    return $duo->call_json('POST', '/auth/v2/preauth', {@_});
}

my %seen;
$seen{version} = "$Net::Duo::VERSION";
$seen{ping}    = $duo->call_json('GET', '/auth/v2/ping');
$seen{check}   = $duo->check;
$seen{preauth} = { map { $_ => preauth(username => $_)->{result} } qw(alice carol dave erin frank) };
$seen{alice}   = preauth(username => 'alice', ipaddr => '2001:db8::1');
my @push = (username => 'alice', factor => 'push', pushinfo => ['from' => 'login portal', 'domain' => 'example.com']);
$seen{denied}   = polling(@push);
$seen{approved} = polling(@push);
$seen{call}     = polling(username => 'bob', factor => 'phone', device => 'DPBOB000000000000002');
$seen{auto}     = blocking(username => 'root', factor => 'auto', type => "Login & more", display_username => "r\x{f6}\x{f6}t");
$seen{passcode} = blocking(username => 'alice', factor => 'passcode', passcode => '100001');
$seen{spent}    = blocking(username => 'alice', factor => 'passcode', passcode => '100001');
$duo->send_sms_passcodes('heidi');
$seen{sms}    = blocking(username => 'heidi', factor => 'passcode', passcode => '7000001');
$seen{bypass} = blocking(username => 'carol', factor => 'push');
$seen{locked} = blocking(username => 'frank', factor => 'push');
my $enrolled = $duo->call_json('POST', '/auth/v2/enroll', { username => 'judy', valid_secs => 60 });
$seen{enroll}        = $enrolled;
$seen{enroll_status} = $duo->call_json('POST', '/auth/v2/enroll_status',
    { user_id => $enrolled->{user_id}, activation_code => $enrolled->{activation_code} });
my $logo = $duo->call('GET', '/auth/v2/logo');
$seen{logo}         = $logo->content_type . q{ } . unpack('H*', $logo->content);
$seen{unknown_txid} = refusal(sub { Net::Duo::Auth::Async->new($duo, 'nothing')->status });
$seen{wrong_key}    = refusal(sub { client('wrong')->check });

print JSON->new->utf8->canonical->encode(\%seen), "\n";
